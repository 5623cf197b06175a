"""What a thing is: its classes, its names, and whether its IRI still stands."""

from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode

from xingtu.server.pages.addresses import ID
from xingtu.server.pages.asking import Row, ask
from xingtu.server.pages.naming import Names, Text, choose_text
from xingtu.server.pages.vocabulary import RDFS, SKOS, Labels, most_specific

_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_WIKIDATA: Final = "http://www.wikidata.org/entity/"
_REPLACED: Final = "http://purl.org/dc/terms/isReplacedBy"
_DEPRECATED: Final = "http://www.w3.org/2002/07/owl#deprecated"


@dataclass
class About:
    """A thing of ours.

    `matches` are IRIs that name the same thing elsewhere, `near` those that name nearly the same.
    """

    iri: str
    classes: list[str] = field(default_factory=list)
    labels: Labels = field(default_factory=dict)
    aliases: list[Text] = field(default_factory=list)
    definitions: Labels = field(default_factory=dict)
    matches: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)
    replaced_by: str | None = None
    deprecated: bool = False

    @property
    def slug(self) -> str:
        """The last part of its IRI."""
        return self.iri.removeprefix(ID)

    @property
    def known(self) -> bool:
        """Whether the graph says what it is or what it is called."""
        return bool(self.classes or self.labels)

    @property
    def types(self) -> list[str]:
        """Its most specific classes of ours."""
        return most_specific(self.classes)

    @property
    def wikidata(self) -> list[str]:
        """Its Wikidata items."""
        return _items(self.matches)

    @property
    def near_wikidata(self) -> list[str]:
        """The Wikidata items of nearly the same."""
        return _items(self.near)

    def label(self, language: str) -> Text:
        """Give its name, best in a language."""
        return choose_text(self.labels, language) or Text(self.slug, "")

    def definition(self, language: str) -> Text | None:
        """Give its definition, best in a language."""
        return choose_text(self.definitions, language)


def read_about(thing: NamedNode, names: Names) -> About:
    """Read what the graph says of a thing as such, by one query; a thing unknown has nothing."""
    about = About(thing.value)
    for row in ask("about", {"thing": [thing]}):
        _note(about, row, names)
    return about


def _items(iris: list[str]) -> list[str]:
    items = (iri.removeprefix(_WIKIDATA) for iri in iris if iri.startswith(_WIKIDATA))
    return [item for item in items if item[1:].isdecimal() and item.isascii()]


def _note(about: About, row: Row, names: Names) -> None:
    prop, value = row["property"], row["value"]
    name = prop.value if isinstance(prop, NamedNode) else ""
    if isinstance(value, NamedNode):
        _note_thing(about, name, value.value)
    elif isinstance(value, Literal):
        _note_text(about, name, value, names)


def _note_thing(about: About, name: str, iri: str) -> None:
    if name == _RDF_TYPE:
        about.classes.append(iri)
    elif name == SKOS + "exactMatch":
        about.matches.append(iri)
    elif name == SKOS + "closeMatch":
        about.near.append(iri)
    elif name == _REPLACED:
        about.replaced_by = iri


def _note_text(about: About, name: str, value: Literal, names: Names) -> None:
    language = value.language or ""
    if name == RDFS + "label":
        about.labels.setdefault(language, value.value)
        names.add(about.iri, value)
    elif name == SKOS + "altLabel":
        about.aliases.append(Text(value.value, language))
    elif name in {SKOS + "definition", RDFS + "comment"}:
        about.definitions.setdefault(language, value.value)
    elif name == _DEPRECATED:
        about.deprecated = value.value in {"true", "1"}
