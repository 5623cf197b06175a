"""The gate: what is decided about a text of SPARQL before any engine sees it.

`inspect_query` and `inspect_update` refuse what could make the engine send requests or overflow its
stack, and tell facts about the rest; `inject_using` writes the dataset of a request into an update.
All of it is by the tokens alone: whether a text is well-formed is for the engine to say. Where our
tokens may not be the engine's, we refuse rather than guess.
"""

from xingtu.server.gate.dataset import inject_using
from xingtu.server.gate.facts import (
    MAX_QUERY_LENGTH,
    MAX_UPDATE_LENGTH,
    QueryFacts,
    UpdateFacts,
    inspect_query,
    inspect_update,
)

__all__ = [
    "MAX_QUERY_LENGTH",
    "MAX_UPDATE_LENGTH",
    "QueryFacts",
    "UpdateFacts",
    "inject_using",
    "inspect_query",
    "inspect_update",
]
