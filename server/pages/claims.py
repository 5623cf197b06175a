"""Claims: what a source says of a thing, and the passages where it says so."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode

from xingtu.ontology import XT
from xingtu.server.pages.asking import Row, Term, ask
from xingtu.server.pages.moods import AMBIGUOUS, DISPUTED, SUPERSEDED, Mood, show_moods

_DIGESTS: Final = {"passageSha256": "digest", "textSha256": "text_digest"}


@dataclass
class Passage:
    """Where an article says it: offsets in Unicode code points, end exclusive, and SHA-256 hashes.

    `digest` is of the passage, `text_digest` of the whole text of the article.
    """

    iri: str
    article: str = ""
    start: int = 0
    end: int = 0
    digest: str = ""
    text_digest: str = ""


@dataclass
class Claim:
    """One source's statement. `details` has the claim's properties by local name."""

    iri: str
    details: dict[str, list[Term]] = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)
    replaced_by: list[str] = field(default_factory=list)

    def iris(self, name: str) -> list[str]:
        """Give the IRIs of a property."""
        return sorted({t.value for t in self.details.get(name, ()) if isinstance(t, NamedNode)})

    def one(self, name: str) -> str:
        """Give the only value of a property, or the empty string."""
        return next(
            (t.value for t in self.details.get(name, ()) if isinstance(t, NamedNode | Literal)), ""
        )

    @property
    def value(self) -> Term | None:
        """What is said of the subject: a thing, a text, or the (lower) number."""
        names = ("object", "valueText", "valueNumber", "minValue")
        return next((self.details[name][0] for name in names if name in self.details), None)

    @property
    def moods(self) -> list[Mood]:
        """The claim's own mood and standing, as badges."""
        return show_moods(self.iris("modality"), held=False) + self.standing

    @property
    def standing(self) -> list[Mood]:
        """What stands against the claim, as badges."""
        against = (
            (DISPUTED, self.disputed),
            (SUPERSEDED, self.superseded),
            (AMBIGUOUS, self.one("scopeAmbiguous") == "true"),
        )
        return [mood for mood, applies in against if applies]

    @property
    def disputed(self) -> bool:
        """Whether another claim stands against it."""
        return bool(self.iris("contradicts")) or self.one("claimStatus") == XT + "disputed"

    @property
    def superseded(self) -> bool:
        """Whether a later claim has taken its place."""
        return bool(self.replaced_by) or self.one("claimStatus") == XT + "superseded"


def gather_claims(claims: Iterable[NamedNode]) -> dict[str, Claim]:
    """Gather claims, by one query, or by none if there are none; in the order they are given."""
    wanted = [*claims]
    found = read_claims(ask("claims", {"claim": wanted})) if wanted else {}
    return {node.value: found[node.value] for node in wanted if node.value in found}


def read_claims(rows: Iterable[Row]) -> dict[str, Claim]:
    """Put claims together from rows of `claim`, `node`, `detail`, `object`."""
    claims: dict[str, Claim] = {}
    for row in rows:
        iri, node = iri_of(row["claim"]), iri_of(row["node"])
        claim = claims.get(iri) or claims.setdefault(iri, Claim(iri))
        name = iri_of(row["detail"]).removeprefix(XT)
        if node == iri:
            values = claim.details.setdefault(name, [])
            if row["object"] not in values:
                values.append(row["object"])
        elif name == "supersedesClaim":
            claim.replaced_by = sorted({*claim.replaced_by, node})
        else:
            passage = claim.passages.get(node) or claim.passages.setdefault(node, Passage(node))
            _read_passage(passage, name, row["object"])
    return claims


def _read_passage(passage: Passage, name: str, value: Term) -> None:
    text = str(getattr(value, "value", ""))
    if name == "inArticle":
        passage.article = text
    elif name in {"start", "end"} and text.isdecimal():
        setattr(passage, name, int(text))
    elif name in _DIGESTS:
        setattr(passage, _DIGESTS[name], text)


def iri_of(term: Term) -> str:
    """Give the IRI that a term is, or the empty string."""
    return term.value if isinstance(term, NamedNode) else ""
