"""The graph in the formats of other tools, one module for each.

All are made of `Facts`, and none states as a fact what a source only plans, proposes or hopes for.
"""
