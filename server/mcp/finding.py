"""The tool that finds a thing by its name; and what is meant by a name that a tool is given."""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BaseModel, Field

from xingtu.server.errors import NotFound
from xingtu.server.mcp.answers import Answer, brief, few, fit
from xingtu.server.mcp.terms import expand, shorten
from xingtu.server.pages.about import About, read_about
from xingtu.server.pages.index import Found
from xingtu.server.pages.naming import Names
from xingtu.server.pages.search import name_index
from xingtu.triples.names.normalizing import normalize

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
            kinds = ", ".join(each.types)
            unlike = "" if each.exact else f", matched {each.matched!r}"
            yield f"{each.id}\t{each.label}{other}\t{kinds}\t{each.claims} claims{unlike}"


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
            types=few([shorten(iri) for iri in hit.entry.classes], 6),
            matched=brief(hit.name.text, 120),
            exact=normalize(hit.name.text) == wanted,
            claims=hit.entry.weight,
        )
        for hit in found
    ]


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
