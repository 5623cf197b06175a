"""What Wikidata, or a service shaped like it, tells of its items."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from xingtu.triples.linking.faults import NoAnswer
from xingtu.triples.linking.subjects import Name

_ENTITY: Final = "http://www.wikidata.org/entity/"
_ITEM: Final = re.compile(r"Q[1-9][0-9]{0,15}")
_BATCH: Final = 50  # items in a query
_LANGUAGES: Final = ("en", "mul", "zh", "zh-hans", "zh-cn", "zh-hant", "zh-tw", "zh-hk")
# inception, birth, launch of a spacecraft, first flight, publication, point in time, start
_DATES: Final = ("P571", "P569", "P619", "P606", "P577", "P585", "P580")

_DESCRIBE: Final = """PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT DISTINCT ?item ?kind ?value {{
  VALUES ?item {{ {items} }}
  {{ SELECT DISTINCT ?item ("there" AS ?kind) {{ VALUES ?item {{ {items} }} ?item ?any ?thing }} }}
  UNION {{ ?item owl:sameAs ?value BIND("target" AS ?kind) }}
  UNION {{ ?item rdfs:label ?value FILTER(LANG(?value) IN ({languages})) BIND("label" AS ?kind) }}
  UNION {{ ?item skos:altLabel ?value FILTER(LANG(?value) IN ({languages}))
    BIND("alias" AS ?kind) }}
  UNION {{ VALUES ?value {{ {classes} }} ?item wdt:P31/wdt:P279* ?value BIND("class" AS ?kind) }}
  UNION {{ VALUES ?date {{ {dates} }} ?item ?date ?value BIND("date" AS ?kind) }}
  {neighbours}
}}"""
_NEIGHBOURS: Final = """UNION {{ VALUES ?value {{ {items} }}
    {{ ?item ?p ?value }} UNION {{ ?value ?p ?item }}
    FILTER(STRSTARTS(STR(?p), STR(wdt:))) BIND("neighbour" AS ?kind) }}"""


class Asks(Protocol):
    """Gets the JSON of answers; see `asking.Asker`."""

    def get(self, url: str, asked: dict[str, str]) -> Any:
        """Ask by GET."""

    def post(self, url: str, asked: dict[str, str]) -> Any:
        """Ask by a form."""


@dataclass(frozen=True)
class Item:
    """What is known of an item.

    `target` is the item that it was merged into, "" if it was not; an item that is not `there` has
    no statement at all. Of its classes and neighbours only those that were asked for are told.
    """

    id: str
    there: bool
    target: str
    names: tuple[Name, ...]
    classes: frozenset[str]
    years: frozenset[int]
    neighbours: frozenset[str]

    @property
    def label(self) -> str:
        """The name that stands for it."""
        order = {language: place for place, language in enumerate(_LANGUAGES)}
        labels = sorted(self.names, key=lambda name: order.get(name[1], len(order)))
        return labels[0][0] if labels else self.id


@dataclass(frozen=True)
class Wikidata:
    """The two services.

    Args:
        asks: Sends the requests.
        search_url: Of an API with `wbsearchentities`.
        sparql_url: Of a query service.
    """

    asks: Asks
    search_url: str
    sparql_url: str

    def search(self, text: str, language: str, limit: int = 10) -> list[str]:
        """Find items by the beginning of a label or alias.

        Source: https://www.wikidata.org/w/api.php?action=help&modules=wbsearchentities

        Returns:
            Items, the best first.

        Raises:
            NoAnswer: if there is no answer, or it is not as that page says.
        """
        asked = {
            "action": "wbsearchentities", "format": "json", "type": "item", "maxlag": "5",
            "search": text, "language": language, "uselang": language, "limit": str(limit),
        }  # fmt: skip
        try:
            found = [hit["id"] for hit in self.asks.get(self.search_url, asked)["search"]]
        except (KeyError, TypeError) as error:
            raise NoAnswer(
                f"{self.search_url} did not answer as a search does: {error!r}"
            ) from error
        return [item for item in found if isinstance(item, str) and _ITEM.fullmatch(item)]

    def describe(
        self, items: Sequence[str], classes: Collection[str], neighbours: Collection[str] = ()
    ) -> dict[str, Item]:
        """Tell what is known of items.

        Args:
            items: Any number; asked for in batches.
            classes: The classes that are told of, if an item is an instance of them or of a
                class below them.
            neighbours: The items that are told of, if an item has a statement with them.

        Raises:
            NoAnswer: if there is no answer, or not rightly.
        """
        found: dict[str, Item] = {}
        for start in range(0, len(items), _BATCH):
            batch = items[start : start + _BATCH]
            rows = self._rows(_query(batch, classes, neighbours))
            found |= _gather(batch, rows)
        return found

    def _rows(self, query: str) -> list[tuple[str, str, str, str]]:
        answer = self.asks.post(self.sparql_url, {"query": query, "format": "json"})
        try:
            return [*_read(answer["results"]["bindings"])]
        except (KeyError, TypeError, AttributeError) as error:
            raise NoAnswer(
                f"{self.sparql_url} answered what are no SPARQL results: {error!r}"
            ) from error


def _query(items: Sequence[str], classes: Collection[str], neighbours: Collection[str]) -> str:
    near = _NEIGHBOURS.format(items=_curies("wd", sorted(neighbours))) if neighbours else ""
    return _DESCRIBE.format(
        items=_curies("wd", items),
        classes=_curies("wd", sorted(classes)),
        dates=_curies("wdt", _DATES),
        languages=", ".join(f'"{language}"' for language in _LANGUAGES),
        neighbours=near,
    )


def _curies(prefix: str, names: Collection[str]) -> str:
    return " ".join(f"{prefix}:{name}" for name in names)


def _read(bindings: list[dict[str, dict[str, str]]]) -> Iterator[tuple[str, str, str, str]]:
    """Read rows of item, kind, value and language tag."""
    for row in bindings:
        item = row["item"]["value"].removeprefix(_ENTITY)
        value = row.get("value", {"value": ""})
        text = value["value"].removeprefix(_ENTITY)
        yield item, row["kind"]["value"], text, value.get("xml:lang", "")


def _gather(items: Sequence[str], rows: list[tuple[str, str, str, str]]) -> dict[str, Item]:
    told: defaultdict[tuple[str, str], list[Name]] = defaultdict(list)
    for item, kind, text, language in rows:
        told[item, kind].append((text, language))

    def texts(item: str, kind: str) -> frozenset[str]:
        return frozenset(text for text, _ in told[item, kind])

    return {
        item: Item(
            id=item,
            there=bool(told[item, "there"]),
            target=next(iter(sorted(texts(item, "target"))), ""),
            names=tuple(sorted(told[item, "label"]) + sorted(told[item, "alias"])),
            classes=texts(item, "class"),
            years=frozenset(int(y[:4]) for y in texts(item, "date") if y[:4].isdecimal()),
            neighbours=texts(item, "neighbour"),
        )
        for item in items
    }
