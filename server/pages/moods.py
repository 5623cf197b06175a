"""In what mood something is said, and how that shows: a shape, a word and a colour for each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from xingtu.ontology import XT


@dataclass(frozen=True)
class Mood:
    """A badge: `mark` names its shape in `static/marks.svg` and its colour in `style.css`."""

    mark: str
    word: str
    meaning: str


FACT: Final = Mood("fact", "fact", "Stated as a fact.")
MOODS: Final = {
    XT + "factual": FACT,
    XT + "plan": Mood("plan", "plan", "Those in charge intend it; it is not yet so."),
    XT + "target": Mood("target", "target", "Those in charge aim at it or hope for it."),
    XT + "proposal": Mood("proposal", "proposal", "Someone suggests it; it is not decided."),
    XT + "forecast": Mood("forecast", "forecast", "The source expects it to come about."),
    XT + "opinion": Mood("opinion", "opinion", "The source judges or interprets it so."),
    XT + "hypotheticalModality": Mood(
        "hypothetical", "hypothetical", "The source says that it could be so."
    ),
    XT + "negated": Mood("negated", "denied", "The source says that it is not so."),
}
RECORDED: Final = Mood("recorded", "recorded", "Entered by the editors; it rests on no claim.")
INFERRED: Final = Mood("inferred", "inferred", "It follows from facts; no passage says it as such.")
DISPUTED: Final = Mood("disputed", "disputed", "Another claim stands against it.")
SUPERSEDED: Final = Mood("superseded", "superseded", "A later claim has taken its place.")
AMBIGUOUS: Final = Mood(
    "ambiguous", "wording ambiguous", "The wording leaves open whether this thing is meant."
)
OUTRANKED: Final = Mood(
    "superseded", "outranked", "A better claim about the same is taken as fact instead."
)

# How far a thing has come (`xt:status`), as a badge.
STATUSES: Final = {
    "proposed": "proposal",
    "underStudy": "forecast",
    "planned": "plan",
    "inDevelopment": "target",
    "operational": "fact",
    "achieved": "fact",
    "ended": "superseded",
    "hypothetical": "hypothetical",
}
_UNREAL: Final = (MOODS[XT + "plan"], MOODS[XT + "target"], MOODS[XT + "proposal"])


def show_moods(modalities: Iterable[str], *, held: bool) -> list[Mood]:
    """Sum up the modalities (IRIs) of the claims behind one statement, weightiest first.

    Args:
        modalities: Those of all its claims.
        held: Whether the graph has the plain triple. Where a source states it as a fact, that some
            other source still calls it a plan tells nothing more.
    """
    wanted = set(modalities)
    found = [mood for iri, mood in MOODS.items() if iri in wanted]
    if held and FACT in found:
        return [mood for mood in found if mood not in _UNREAL]
    return found
