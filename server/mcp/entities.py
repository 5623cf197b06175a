"""The tools about things: finding one by its name, and what is said of one."""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BaseModel, Field
from pyoxigraph import NamedNode

from xingtu.server.errors import NotFound
from xingtu.server.mcp.answers import Answer, Page, brief, fit
from xingtu.server.mcp.terms import expand, shorten, write_term
from xingtu.server.pages.about import About, read_about
from xingtu.server.pages.addresses import ROOT
from xingtu.server.pages.asking import Term
from xingtu.server.pages.index import Found
from xingtu.server.pages.naming import Names
from xingtu.server.pages.normalizing import normalize
from xingtu.server.pages.search import name_index
from xingtu.server.pages.statements import Statement, gather_statements

_SUGGESTED: Final = 4


class Entity(BaseModel):
    """A thing that a search has found."""

    id: str = Field(description="Its IRI as a prefixed name; use it in queries.")
    label: str
    label_zh: str = ""
    types: list[str]
    matched: str = Field(description="The name that fits what was searched.")
    exact: bool = Field(description="Whether that name is what was searched, but for spelling.")
    claims: int = Field(description="How many claims are about it.")


class Entities(Answer):
    """Things found by name, best first."""

    entities: list[Entity]

    def lines(self) -> Iterator[str]:
        """Give a line for each."""
        for each in self.entities:
            other = f" / {each.label_zh}" if each.label_zh else ""
            kinds, fit = ", ".join(each.types), "" if each.exact else f", matched {each.matched!r}"
            yield f"{each.id}\t{each.label}{other}\t{kinds}\t{each.claims} claims{fit}"


def find_entity(
    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            description="A name or its start: English, 中文, pinyin, a designator (CZ-10).",
        ),
    ],
    limit: Annotated[int, Field(ge=1, le=25)] = 8,
) -> Entities:
    """Find things by name: missions, rockets, organisations, people, places, documents, concepts.

    Case, diacritics and numerals do not matter: 天问三号 is 天问3, CZ-10A is Long March 10A.
    """
    found = name_index().find(name, limit)
    answer = Entities(entities=fit(_describe(found, normalize(name))))
    if not found:
        answer.notes.append(
            "Nothing has a name like this. Try a part of it, or the other language."
        )
    elif len(found) == limit:
        answer.notes.append("There may be more: ask with a longer name or a higher limit.")
    if found and not any(entity.exact for entity in answer.entities):
        answer.notes.append("No name is exactly this: check that you have the thing you mean.")
    return answer


def _describe(found: list[Found], wanted: str) -> list[Entity]:
    names = Names("en")
    names.learn(hit.entry.iri for hit in found)
    return [
        Entity(
            id=shorten(hit.entry.iri),
            label=brief(names.label(hit.entry.iri).text, 120),
            label_zh=brief(names.labels(hit.entry.iri).get("zh", ""), 120),
            types=[shorten(iri) for iri in hit.entry.classes[:4]],
            matched=brief(hit.name.text, 120),
            exact=normalize(hit.name.text) == wanted,
            claims=hit.entry.weight,
        )
        for hit in found
    ]


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


EntityId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        description="The thing: id:tianwen-3, or its IRI. find_entity gives it.",
    ),
]


def describe_entity(
    entity: EntityId,
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


def find_thing(text: str, names: Names) -> About:
    """Find a thing by its IRI, prefixed name or slug; `names` learns what it is called.

    Raises:
        InvalidRequest: if the text can be no IRI.
        NotFound: if the graph says nothing of it; the message suggests others.
    """
    thing = expand(text)
    about = read_about(thing, names)
    if about.replaced_by:
        raise NotFound(f"{shorten(about.iri)} has become {shorten(about.replaced_by)}: use that")
    if not about.known:
        raise NotFound(f"there is no {shorten(about.iri)}{suggest_things(text)}")
    return about


def suggest_things(text: str) -> str:
    """Name things that a wrong IRI may have meant, as the end of a message."""
    words = text.rstrip(">").replace(":", "/").rpartition("/")[2].replace("-", " ")
    found = name_index().find(words, _SUGGESTED)
    near = ", ".join(f"{shorten(hit.entry.iri)} ({brief(hit.name.text, 60)})" for hit in found)
    return f"; near: {near}" if near else "; search by name with find_entity"


def _introduce(about: About, facts: list[Fact], offset: int) -> Description:
    definition = about.definition("en")
    return Description(
        id=shorten(about.iri),
        label=brief(about.label("en").text, 120),
        label_zh=brief(about.labels.get("zh", ""), 120),
        aliases=[brief(alias.text, 80) for alias in about.aliases[:6]],
        types=[shorten(iri) for iri in about.types[:4]],
        definition=brief(definition.text if definition else ""),
        wikidata=about.wikidata[:2],
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
