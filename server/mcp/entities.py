"""The tool that describes a thing: what is said of it, and how far each statement holds."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, Field
from pyoxigraph import NamedNode

from xingtu.server.mcp.answers import Page, brief, few, fit
from xingtu.server.mcp.finding import find_thing
from xingtu.server.mcp.terms import shorten, write_term
from xingtu.server.pages.about import About
from xingtu.server.pages.addresses import ROOT
from xingtu.server.pages.asking import Term
from xingtu.server.pages.naming import Names
from xingtu.server.pages.statements import Statement, gather_statements


class Fact(BaseModel):
    """Something said of a thing."""

    predicate: str
    value: str = Field(description="As in a query: a prefixed name, or a literal.")
    value_label: str = ""
    standing: list[str] = Field(description="fact, plan, target, proposal, denied, disputed, …")
    is_triple: bool = Field(description="Whether it is a plain triple, or only claimed.")
    sources: int = Field(description="Independent sources: distinct claimants.")

    @property
    def line(self) -> str:
        """The fact for a model to read."""
        value = f"{self.value} ({self.value_label})" if self.value_label else self.value
        only = "" if self.is_triple else " (claimed only)"
        count = f"{self.sources} source{'' if self.sources == 1 else 's'}"
        return f"{self.predicate}\t{value}\t{', '.join(self.standing)}{only}\t{count}"


class Description(Page):
    """A thing, and a part of what is said of it."""

    id: str
    label: str
    label_zh: str
    aliases: list[str]
    types: list[str]
    definition: str
    wikidata: list[str]
    facts: list[Fact]

    def lines(self) -> Iterator[str]:
        """Give what it is, then a line for each fact."""
        names = " / ".join(filter(None, [self.label, self.label_zh, *self.aliases]))
        yield f"{self.id}\t{names}\t{', '.join(self.types)}"
        if self.definition:
            yield self.definition
        if self.wikidata:
            yield f"Wikidata: {', '.join(self.wikidata)}"
        yield from (fact.line for fact in self.facts)


def describe_entity(
    entity: Annotated[
        str, Field(min_length=1, max_length=500, description="The thing: id:tianwen-3, or its IRI.")
    ],
    limit: Annotated[int, Field(ge=1, le=100, description="Facts at most.")] = 40,
    offset: Annotated[int, Field(ge=0, le=10_000, description="Facts to pass over.")] = 0,
) -> Description:
    """Tell what is said of a thing: each fact with its standing and how many sources it has.

    Standing keeps facts from plans, proposals, opinions and denials: repeat it when you report a
    fact. For who says so and in which article, call fetch_evidence.
    """
    names = Names("en")
    about = find_thing(entity, names)
    statements = gather_statements(NamedNode(about.iri), limit + 1, offset)
    names.learn(s.value.value for s in statements if isinstance(s.value, NamedNode))
    facts = fit(tell_fact(statement, names) for statement in statements[:limit])
    answer = _introduce(about, facts, offset)
    answer.turn(len(facts), len(facts) < len(statements), "its facts")
    return answer


def _introduce(about: About, facts: list[Fact], offset: int) -> Description:
    definition = about.definition("en")
    return Description(
        id=shorten(about.iri),
        label=brief(about.label("en").text, 120),
        label_zh=brief(about.labels.get("zh", ""), 120),
        aliases=few([brief(alias.text, 80) for alias in about.aliases], 6),
        types=few([shorten(iri) for iri in about.types], 6),
        definition=brief(definition.text if definition else ""),
        wikidata=few(about.wikidata, 3),
        facts=facts,
        offset=offset,
    )


def tell_fact(statement: Statement, names: Names) -> Fact:
    """Tell a statement in short."""
    return Fact(
        predicate=shorten(statement.predicate),
        value=show_value(statement.value),
        value_label=label_of(statement.value, names),
        standing=[mood.word for mood in statement.moods],
        is_triple=statement.held,
        sources=len(statement.sources),
    )


def show_value(value: Term | None) -> str:
    """Write a value as in a query, cut if it is long."""
    return brief(write_term(value))


def label_of(value: Term | None, names: Names) -> str:
    """Give the label of a value that is a thing of ours; else the empty string."""
    if not isinstance(value, NamedNode) or not value.value.startswith(ROOT):
        return ""
    return brief(names.label(value.value).text, 100)
