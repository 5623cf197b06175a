"""The home page: search, the graph in numbers, the latest articles, questions worth asking."""

from functools import cache
from typing import Final

from flask import Blueprint, render_template
from pyoxigraph import Literal

from xingtu.ontology import XT
from xingtu.queries import Question, load_questions
from xingtu.server.pages.addresses import ID
from xingtu.server.pages.asking import ask_once, nodes_of
from xingtu.server.pages.browse import count_members
from xingtu.server.pages.frame import names
from xingtu.server.pages.jsonld import describe_dataset
from xingtu.server.pages.record import DATASET, read_record

blueprint = Blueprint("home", __name__)

# Questions a newcomer may have, by the stems of their files; one that is not there is left out.
_FEATURED: Final = (
    "how-a-planned-date-moved",
    "planned-for-2028",
    "members-of-the-ilrs",
    "where-sources-disagree",
    "from-plan-item-to-mission",
    "forces-before-and-after",
    "launch-vehicles-in-development",
    "facts-on-several-independent-sources",
)
# Classes to begin with, by their names.
_CLASSES: Final = """
    Mission SpaceEvent LaunchVehicleModel SpaceObject SatelliteConstellation Programme Organisation
    Person State PolicyDocument PolicyItem Proposal Technology Place Observation Article
"""
# Things to begin with, by their slugs.
_STARTS: Final = "tianwen-3 chang-e-6 ilrs casc draft-15th-fyp tiangong long-march-10a qianfan"


@blueprint.get("/")
def show() -> str:
    """Show the home page."""
    totals = next(iter(ask_once("totals")), {})
    latest = ask_once("latest")
    counts = count_members()
    starts = [ID + slug for slug in _STARTS.split()]
    names().learn([*starts, *(node.value for node in nodes_of(latest))])
    return render_template(
        "home.html",
        totals={name: int(n.value) for name, n in totals.items() if isinstance(n, Literal)},
        latest=latest,
        classes=[(name, n) for name in _CLASSES.split() if (n := counts.get(XT + name))],
        starts=[iri for iri in starts if names().labels(iri)],
        questions=_featured(),
        jsonld=describe_dataset(DATASET, record) if (record := read_record()) else None,
    )


@cache
def _featured() -> list[Question]:
    """Give the featured questions."""
    questions = {question.name: question for question in load_questions()}
    return [questions[name] for name in _FEATURED if name in questions]
