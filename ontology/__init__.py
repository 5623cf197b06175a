"""The ontology: OWL modules in Turtle, and what the rest of the package needs to know of them.

`xingtu.ttl` is the root and imports the modules beside it. `shapes.ttl` (data) and `style.ttl`
(the ontology itself) are SHACL and stay outside the import closure. `rules/` holds the inferences.
"""

from xingtu.ontology.schema import (
    PREFIXES,
    SPARQL_PREFIXES,
    XT,
    Property,
    Schema,
    load_schema,
    module_paths,
)

__all__ = ["PREFIXES", "SPARQL_PREFIXES", "XT", "Property", "Schema", "load_schema", "module_paths"]
