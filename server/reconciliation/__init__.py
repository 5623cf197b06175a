"""The Reconciliation Service API: OpenRefine and its like match their tables with the graph.

`stable.py` answers for version 0.2, `draft.py` for 1.0-draft, over the same index of all records;
`BLUEPRINTS` is all that the application needs.
"""

from typing import Final

from flask import Blueprint

from xingtu.server.reconciliation import draft, stable

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (stable.blueprint, draft.blueprint)
