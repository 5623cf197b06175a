"""States on a map, by their roles, as far as the graph lets them be placed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from xingtu.server.pages.asking import Row
from xingtu.server.pages.bundle import Country, read_outlines
from xingtu.server.pages.rows import value_of

_WIKIDATA: Final = "http://www.wikidata.org/entity/"
STATES: Final = ("developer", "member")
"""The roles of states in the station; the other roles are kinds of facility."""


@dataclass(frozen=True)
class Placed:
    """A thing in its role, with the claim that says so.

    `state` is the state that it is, or that hosts it; `country` its outline, None if the graph has
    no link to one; `place` is where the graph says it is, if it does.
    """

    role: str
    thing: str
    state: str
    place: str
    country: Country | None
    claim: str
    as_of: str

    @property
    def is_state(self) -> bool:
        """Whether it is a state itself, not a facility."""
        return self.role in STATES


def place_things(rows: Iterable[Row]) -> list[Placed]:
    """Place the things of `view-map.rq`, each once in each role, by its first claim."""
    countries = read_outlines()["countries"]
    found: dict[tuple[str, str], Placed] = {}
    for row in rows:
        item = value_of(row, "item").removeprefix(_WIKIDATA)
        placed = Placed(
            role=value_of(row, "role"),
            thing=value_of(row, "thing"),
            state=value_of(row, "state"),
            place=value_of(row, "place"),
            country=countries.get(item),
            claim=value_of(row, "claim"),
            as_of=value_of(row, "asOf"),
        )
        known = found.get((placed.role, placed.thing))
        if known is None or (known.country is None and placed.country is not None):
            found[placed.role, placed.thing] = placed
    return list(found.values())
