"""An individual of a dataset and what is stated of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from xingtu.ontology import XT
from xingtu.ontology.schema import RDF_TYPE, RDFS
from xingtu.triples import iri
from xingtu.triples.describe import SKOS

Term = ox.NamedNode | ox.Literal
Values = dict[str, list[Term]]
"""The values of each predicate, by its IRI; sorted."""

LABEL, ALT_LABEL = RDFS + "label", SKOS + "altLabel"
DEFINITION, EXACT_MATCH = SKOS + "definition", SKOS + "exactMatch"
_WIKIDATA = iri.wikidata("").value


@dataclass(frozen=True)
class Thing:
    """An individual (an entity, an article, a claim, a passage) and what is stated of it."""

    iri: ox.NamedNode
    values: Values

    def get(self, name: str) -> list[Term]:
        """Return the values of a property of ours."""
        return self.values.get(XT + name, [])

    def names(self, name: str) -> list[str]:
        """Return the values of a property of ours, IRIs by their last part."""
        return [local_name(value) for value in self.get(name)]

    def name(self, name: str) -> str:
        """Return the only value of a property of ours, as `names` does; empty if it has none."""
        return next(iter(self.names(name)), "")

    @property
    def slug(self) -> str:
        """The last part of its IRI."""
        return self.iri.value.removeprefix(iri.ID)

    @property
    def wikidata(self) -> str:
        """The Wikidata item, such as Q1, that is the same thing; empty if none is known."""
        values = (value.value for value in self.values.get(EXACT_MATCH, []))
        return next((v.removeprefix(_WIKIDATA) for v in values if v.startswith(_WIKIDATA)), "")

    @cached_property
    def types(self) -> list[str]:
        """Its classes as they are stated, by local name."""
        values = (value.value for value in self.values.get(RDF_TYPE.value, []))
        return [value.removeprefix(XT) for value in values if value.startswith(XT)]

    def texts(self, predicate: str, language: str) -> list[str]:
        """Return the texts in a language that a predicate, such as rdfs:label, gives it."""
        found = self.values.get(predicate, [])
        return [t.value for t in found if isinstance(t, ox.Literal) and t.language == language]

    def label(self, language: str) -> str:
        """Return its name in a language; empty if it has none."""
        return next(iter(self.texts(LABEL, language)), "")


def local_name(value: Term) -> str:
    """Return the last part of an IRI of ours, or the text of a literal."""
    return value.value.removeprefix(XT).removeprefix(iri.ID)
