"""A store on disk: what is acknowledged stays, and what fails leaves no trace.

The default graph of the store is always the union of its named graphs, kept so by the very
transaction that writes (`union.py`, and `translate.py` for SPARQL updates), so that a snapshot for
readers is a checkpoint and no more. Triples that are written without a graph are in the named
graph `DEFAULT_GRAPH`. One process opens a store for writing, by `Writer`.
"""
