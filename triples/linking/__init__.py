"""Links to Wikidata: candidates for new ones, and a second look at those there are.

Data flows one way:

    our graph -> subjects.read_subjects   what is to be linked, and by what it is known
    Wikidata  -> wikidata.Wikidata        asked politely (`asking.py`), answers kept (`answers.py`)
      -> scoring.rank                     how well an item fits, by feature, with reasons
      -> review.write_review              candidates, of which a curator moves what is right
      -> checking.check_links             what has become of the links there are

Nothing here writes a mapping. `classes.tsv` says which classes of Wikidata are those of ours.
"""
