"""The tool that describes the schema: an overview, or one term of the ontology."""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BaseModel, Field
from pyoxigraph import Literal, NamedNode

from xingtu.ontology import PREFIXES, XT
from xingtu.server.mcp.answers import Answer, brief, few
from xingtu.server.mcp.terms import find_term, shorten
from xingtu.server.mcp.texts import read_text
from xingtu.server.pages.asking import ask_once
from xingtu.server.pages.vocabulary import CLASS, DATA, OBJECT, Term, ancestors, read_vocabulary

_CLASSES: Final = 45
_PROPERTIES: Final = 45
_LISTED: Final = 40
# What OWL and the claims need, and no question is about.
_INNER: Final = frozenset(
    XT + name for name in ("Claim", "Evidence", "InformationEntity", "Modality", "Rank")
)


class Used(BaseModel):
    """A class or property, and how many things are of it or how many triples have it."""

    term: str
    count: int
    about: str = Field(default="", description="Superclass, or domain → range.")


class Overview(Answer):
    """How to ask this graph."""

    overview: str
    prefixes: dict[str, str]
    classes: list[Used]
    properties: list[Used]

    def lines(self) -> Iterator[str]:
        """Give the overview, the prefixes, and the terms used most."""
        yield self.overview
        yield from (f"PREFIX {prefix}: <{iri}>" for prefix, iri in self.prefixes.items())
        yield "\nCLASSES, the most used (things):"
        yield "; ".join(_show(each, " < ") for each in self.classes)
        yield "\nPROPERTIES, the most used (triples; domain → range):"
        yield "; ".join(_show(each, " ") for each in self.properties)


class TermDescription(Answer):
    """One term of the ontology, and what is near to it."""

    term: str
    kind: str
    labels: dict[str, str]
    definition: str
    count: int
    parents: list[str]
    children: list[str]
    domain: list[str] = Field(default_factory=list, description="Of a property: whose it is.")
    range: list[str] = Field(default_factory=list, description="Of a property: of what.")
    inverse: list[str] = Field(default_factory=list)
    holds_of_plans: bool = Field(
        default=False, description="Of a property: a plan or target suffices for its triples."
    )
    properties: list[str] = Field(
        default_factory=list, description="Of a class: properties whose domain it is, or inherits."
    )
    individuals: list[str] = Field(default_factory=list, description="Of a class: named values.")

    def lines(self) -> Iterator[str]:
        """Give a line for each thing known."""
        labels = " / ".join(self.labels.values())
        yield f"{self.term}: {self.kind}, {labels}; used: {self.count}"
        yield self.definition
        for name in ("parents", "children", "domain", "range", "inverse"):
            if values := getattr(self, name):
                yield f"{name}: {', '.join(values)}"
        if self.holds_of_plans:
            yield "Its triples also hold of plans: look at xt:status before you call it a fact."
        for name in ("properties", "individuals"):
            if values := getattr(self, name):
                yield f"{name}: {', '.join(values)}"


def describe_schema() -> Overview:
    """Tell how the graph is made, before you write a query: prefixes, classes, properties.

    It says how facts, plans and claims are told apart, and where the evidence is.
    """
    counts = _count("class-counts", "class"), _count("property-counts", "property")
    terms = read_vocabulary()
    classes = [(n, iri) for iri, n in counts[0].items() if iri in terms and iri not in _INNER]
    properties = [(n, iri) for iri, n in counts[1].items() if iri in terms]
    return Overview(
        overview=read_text("overview"),
        prefixes=PREFIXES,
        classes=[_class(terms[iri], n) for n, iri in _most(classes, _CLASSES)],
        properties=[_property(terms[iri], n) for n, iri in _most(properties, _PROPERTIES)],
        notes=["For any term, its properties or its domain: describe_term."],
    )


def describe_term(
    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            description="A class, property or named value: xt:Mission, or a label (mission).",
        ),
    ],
) -> TermDescription:
    """Tell of one term of the ontology: definition, hierarchy, domain and range, properties.

    Raises:
        NotFound: if there is none of that name; near ones are named.
    """
    term = find_term(name)
    query = "class" if term.kind == CLASS else "property"
    answer = TermDescription(
        term=shorten(term.iri),
        kind=term.kind,
        labels=dict(sorted(term.labels.items())),
        definition=brief(term.definitions.get("en", ""), 500),
        count=_count(f"{query}-counts", query).get(term.iri, 0),
        parents=_names(term.parents),
        children=_names(term.children),
        domain=_names(term.domains),
        range=_names(term.ranges),
        inverse=_names(term.inverses),
        holds_of_plans=term.of_plans,
    )
    if term.kind == CLASS:
        answer.properties = _names(_properties_of(term))
        answer.individuals = _names(
            each.iri for each in read_vocabulary().values() if term.iri in each.types
        )
    return answer


def _properties_of(term: Term) -> list[str]:
    """Give the properties that its members may have by their domain, its own first."""
    kinds, lineage = {OBJECT, DATA}, [term.iri, *sorted(ancestors(term.iri))]
    found = [
        (lineage.index(domain), each.iri)
        for each in read_vocabulary().values()
        if each.kind in kinds
        for domain in each.domains
        if domain in lineage
    ]
    return [iri for _, iri in sorted(found)]


def _count(query: str, variable: str) -> dict[str, int]:
    return {
        term.value: int(count.value)
        for row in ask_once(query)
        if isinstance(term := row[variable], NamedNode)
        and isinstance(count := row["count"], Literal)
    }


def _most(counted: list[tuple[int, str]], limit: int) -> list[tuple[int, str]]:
    return sorted(counted, key=lambda each: (-each[0], each[1]))[:limit]


def _class(term: Term, count: int) -> Used:
    parent = next(iter(_names(term.parents)), "")
    return Used(term=shorten(term.iri), count=count, about=parent)


def _property(term: Term, count: int) -> Used:
    ends = [next(iter(_names(iris)), "") for iris in (term.domains, term.ranges)]
    return Used(term=shorten(term.iri), count=count, about="→".join(ends) if any(ends) else "")


def _names(iris: "Iterator[str] | list[str]") -> list[str]:
    return few([shorten(iri) for iri in iris], _LISTED)


def _show(used: Used, joint: str) -> str:
    return f"{used.term} {used.count}" + (f"{joint}{used.about}" if used.about else "")
