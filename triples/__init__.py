"""Claims drawn from articles, and the graph that follows from them.

Data flows one way:

    articles/*.yaml, entities/*.yaml, mappings/*.sssom.tsv  (authored; FORMAT.md)
      -> source.load_source     read, typed against the ontology, every problem in one list
      -> dataset.gather         facts, shortcuts and inferences, once for both outputs
      -> owl.release_triples    one OWL 2 DL ontology with axiom annotations
      -> dataset.served_graphs  named graphs: per article, entities, ontology, inferred
      -> description            three more: what the dataset says of itself, for tools
      -> build.build            release/dataset.nq, release/xingtu.rdf, release/xingtu.ttl

`check.run_checks` holds all of it to the quality bars.
"""
