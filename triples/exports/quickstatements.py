"""Facts as QuickStatements commands, for those who edit Wikidata.

One command to a line, its parts parted by tabs: item, property, value, qualifiers (`P…`), then
references (`S…`, a further one begins with `!S…`), and an edit summary. QuickStatements 2 and 3
read it. Source: https://www.wikidata.org/wiki/Help:QuickStatements
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from xingtu.ontology import SPARQL_PREFIXES
from xingtu.triples.article import WEB_ADDRESS
from xingtu.triples.exports.times import DAY, Time, read_time
from xingtu.triples.exports.wikidata_properties import RULES, Rule, not_pending
from xingtu.triples.iri import WIKIDATA

CIRCA: Final = ("P1480", "Q5727902")
"""Sourcing circumstances: circa."""
_UNFIT: Final = ('"', "|", "\t", "\n", "/*", "*/")  # what a string of a command cannot hold

FACTS: Final = """
SELECT ?item ?value ?claim ?by ?url ?title ?published ?statedIn WHERE {
  %s
  ?thing skos:exactMatch ?item .
  ?claim xt:modality xt:factual ; xt:claimStatus xt:accepted ; xt:claimedBy ?by ;
    xt:subject ?about ; xt:predicate ?property ; xt:object|xt:valueText ?said ;
    xt:evidence/xt:inArticle ?article .
  FILTER NOT EXISTS { ?claim xt:scopeAmbiguous true }
  FILTER NOT EXISTS { ?claim xt:contradicts|^xt:contradicts ?rival }
  FILTER NOT EXISTS { ?denial xt:modality xt:negated ; xt:subject ?about ;
    xt:predicate ?property ; xt:object|xt:valueText ?said }
  ?article xt:republishes* ?publication . ?publication xt:url ?url .
  FILTER(?publication = ?article || EXISTS { ?publication xt:author ?by })
  OPTIONAL { ?publication xt:title ?title }
  OPTIONAL { ?publication xt:publishedWhen ?published }
  OPTIONAL { ?publication skos:exactMatch ?statedIn }
}"""
"""The facts that one rule is about, with each claim and where it can be read: nothing planned,
denied or contradicted. A copy stands for its original too, in what is that author's."""


@dataclass(frozen=True, order=True)
class Reference:
    """Where one claimant says it: item, title and day of the publication, '' if not known."""

    published: str
    url: str
    title: str
    stated_in: str

    def parts(self) -> Iterator[str]:
        """Yield properties and values in turn."""
        if self.stated_in:
            yield from ("S248", self.stated_in)
        yield from ("S854", f'"{self.url}"')
        if self.title and not any(text in self.title for text in _UNFIT):
            yield from ("S1476", f'en:"{self.title}"')
        day = read_time(self.published)
        if day and day.precision == DAY and not day.circa:
            yield from ("S577", str(day))


@dataclass(frozen=True)
class Command:
    """A statement to be added: item, property, value (an item or a time), references, a claim."""

    item: str
    pid: str
    value: str | Time
    references: tuple[Reference, ...]
    claim: str

    def __str__(self) -> str:
        """Return the line."""
        parts = [self.item, self.pid, str(self.value)]
        if isinstance(self.value, Time) and self.value.circa:
            parts += CIRCA
        for number, reference in enumerate(self.references):
            first, *others = reference.parts()
            parts += ["!" + first if number else first, *others]
        return "\t".join(parts) + f"\t/* {self.claim} */"


Key = tuple[str, str, str | Time]
"""Item, property, value."""
Support = dict[str, tuple[Reference, str]]
"""By claimant: where it can be read, and the claim."""


def make_commands(store: ox.Store, sources: int = 1) -> list[Command]:
    """Return the facts about things with a Wikidata item, in order of item and property.

    Args:
        store: The dataset; its default graph is the union of the named graphs.
        sources: How many claimants must say it independently of each other.
    """
    support: dict[Key, Support] = defaultdict(dict)
    for rule in RULES:
        _add_support(support, store, rule)
    commands = (_command(*item) for item in support.items() if len(item[1]) >= sources)
    return sorted(commands, key=lambda each: (int(each.item[1:]), int(each.pid[1:]), str(each)))


def _add_support(support: dict[Key, Support], store: ox.Store, rule: Rule) -> None:
    """Add the claims of the facts of a rule, one for each claimant."""
    rows = store.query(SPARQL_PREFIXES + FACTS % (rule.pattern + not_pending("?thing")))
    assert isinstance(rows, ox.QuerySolutions)
    for row in rows:
        item, value = _item(row["item"]), _value(row["value"], rule)
        if item and value and WEB_ADDRESS.fullmatch(row["url"].value):
            claimants, by = support[item, rule.pid, value], row["by"].value
            here = (_reference(row), row["claim"].value)
            claimants[by] = min(here, claimants.get(by, here))


def _command(key: Key, support: Support) -> Command:
    cited = sorted(support.values())
    return Command(*key, tuple(dict.fromkeys(reference for reference, _ in cited)), cited[0][1])


def _reference(row: ox.QuerySolution) -> Reference:
    published, title = (getattr(row[name], "value", "") for name in ("published", "title"))
    return Reference(published, row["url"].value, title, _item(row["statedIn"]))


def _value(term: ox.NamedNode | ox.Literal, rule: Rule) -> str | Time | None:
    return read_time(term.value, utc=rule.utc) if isinstance(term, ox.Literal) else _item(term)


def _item(term: ox.NamedNode | ox.Literal | None) -> str:
    """Return the item that an IRI names; '' if it names none."""
    value = term.value if term else ""
    return value.removeprefix(WIKIDATA) if value.startswith(WIKIDATA + "Q") else ""
