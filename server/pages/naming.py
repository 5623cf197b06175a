"""What things are called on a page: their labels in the page's language, asked for all at once."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode

from xingtu.server.pages.addresses import ROOT
from xingtu.server.pages.asking import Row, ask
from xingtu.server.pages.vocabulary import Labels, read_vocabulary

# How many names one query asks for; a page never shows more.
_MOST: Final = 1000


class Text(NamedTuple):
    """A text and its language tag; empty if it is of no language."""

    text: str
    language: str


class Names:
    """The labels of things, by IRI.

    Args:
        language: That of the page, `en` or `zh`.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._labels: defaultdict[str, Labels] = defaultdict(dict)

    def add(self, iri: str, label: Literal) -> None:
        """Note a label; of several in one language the first stands."""
        self._labels[iri].setdefault(label.language or "", label.value)

    def learn(self, iris: Iterable[str]) -> None:
        """Ask for the labels of those things of ours that have none yet, by one query at most."""
        terms = read_vocabulary()
        wanted = {
            i for i in iris if i.startswith(ROOT) and i not in terms and i not in self._labels
        }
        if wanted:
            things = [NamedNode(iri) for iri in sorted(wanted)[:_MOST]]
            self._note(ask("labels", {"thing": things}))

    def label(self, iri: str, language: str | None = None) -> Text:
        """Give the label of a thing, best in a language, else in any, else the end of its IRI."""
        term = read_vocabulary().get(iri)
        labels = term.labels if term else self._labels.get(iri, {})
        return choose_text(labels, language or self.language) or Text(_shorten(iri), "")

    def labels(self, iri: str) -> Labels:
        """Give the labels that are known of a thing."""
        term = read_vocabulary().get(iri)
        return term.labels if term else self._labels.get(iri, {})

    def _note(self, rows: list[Row]) -> None:
        for row in rows:
            thing, label = row["thing"], row["label"]
            if isinstance(thing, NamedNode) and isinstance(label, Literal):
                self.add(thing.value, label)


def choose_text(texts: Labels, language: str) -> Text | None:
    """Choose the text in a language, or one of its variants, else English, else any."""
    for wanted in (language, "en", "zh", ""):
        for tag in sorted(texts):
            if tag == wanted or tag.startswith(wanted + "-"):
                return Text(texts[tag], tag)
    return next((Text(text, tag) for tag, text in sorted(texts.items())), None)


def _shorten(iri: str) -> str:
    return unquote(iri.rstrip("/#").replace("#", "/").rpartition("/")[2]) or iri
