"""The entities of a generated graph: all about entity number `i` follows from `i` alone.

So a graph of any size can be written in one pass, and its query parameters are known without
reading it.
"""

from typing import Final

ID: Final = "https://w3id.org/xingtu/id/"
TERM: Final = "https://w3id.org/xingtu/ontology#"
GRAPH: Final = "https://w3id.org/xingtu/graph/"

SIZES: Final = {"small": 10_500, "medium": 1_000_000, "large": 10_000_000}
QUADS_PER_ENTITY: Final = 67
ENTITIES_PER_ARTICLE: Final = 40
ENTITIES_PER_AGENT: Final = 12

# A class, its superclasses, its Chinese name.
CLASSES: Final = (
    ("Mission", ("Endeavour", "Occurrent"), "任务"),
    ("Launch", ("SpaceEvent", "Event", "Occurrent"), "发射"),
    ("Technology", ("Concept",), "技术"),
    ("Characteristic", ("Concept",), "特征"),
    ("Objective", ("Concept", "InformationEntity"), "目标"),
    ("PolicyItem", ("InformationEntity",), "条目"),
    ("Lander", ("SpaceObject", "PhysicalObject"), "着陆器"),
    ("Satellite", ("SpaceObject", "PhysicalObject"), "卫星"),
    ("LaunchVehicleModel", ("Model", "Concept"), "火箭"),
    ("Programme", ("Endeavour", "Occurrent"), "计划"),
    ("Observation", ("InformationEntity",), "观测"),
    ("Landing", ("SpaceEvent", "Event", "Occurrent"), "着陆"),
)
AGENTS: Final = (("Person", ("Agent",), "人"), ("Organisation", ("Group", "Agent"), "院"))
MOODS: Final = ("factual", "planned", "proposed", "opinion", "forecast")
STATUSES: Final = ("planned", "inDevelopment", "completed", "proposed")
COLOURS: Final = ("Red", "Silent", "Distant", "Bright", "Northern", "Deep", "Swift", "Hollow")
BODIES: Final = ("Heron", "Comet", "Lotus", "Harbour", "Falcon", "Ridge", "Lantern")


def entity_count(scale: str) -> int:
    """Return how many entities a graph of this scale has."""
    return SIZES[scale] // QUADS_PER_ENTITY


def kind_of(i: int) -> tuple[str, tuple[str, ...], str]:
    """Return the class of an entity, its superclasses and its Chinese name."""
    if i % ENTITIES_PER_AGENT == 0:
        return AGENTS[i // ENTITIES_PER_AGENT % len(AGENTS)]
    return CLASSES[mix(i) % len(CLASSES)]


def name_of(i: int) -> str:
    """Return the English name of an entity."""
    return f"{COLOURS[mix(i) % 8]} {BODIES[mix(i) // 8 % 7]} {i}"


def iri_of(i: int) -> str:
    """Return the IRI of an entity."""
    return f"{ID}{name_of(i).lower().replace(' ', '-')}"


def article_of(i: int) -> str:
    """Return the local name of the article that tells of an entity first, and of its graph."""
    return f"article-{i // ENTITIES_PER_ARTICLE}"


def parent_of(i: int) -> int:
    """Return the entity that an entity is part of; entity 0 is the root."""
    return i // 8 + mix(i) % (i // 8 + 1)


def facts_of(i: int, count: int) -> list[tuple[str, str]]:
    """Return the facts that claims make about an entity: predicate and object."""
    facts = [(term("partOf"), f"<{iri_of(parent_of(i))}>")] if i else []
    if i % 3 == 0:
        facts.append((term("concerns"), f"<{iri_of(mix(i + 1) % count)}>"))
    if i % 5 == 0:
        facts.append((term("status"), term(STATUSES[mix(i) % len(STATUSES)])))
    if "Occurrent" in kind_of(i)[1]:
        facts.append((term("when"), f'"{year_of(i)}"'))
    return facts


def year_of(i: int) -> int:
    """Return the year in which an entity happens, if it is of a class that happens."""
    return 2000 + mix(i) % 40


def term(name: str) -> str:
    """Return a term of the ontology as N-Quads writes it."""
    return f"<{TERM}{name}>"


def mix(i: int) -> int:
    """Return a number that looks random but follows from `i` (Knuth's multiplicative hash)."""
    return (i * 2_654_435_761 & 0xFFFFFFFF) >> 7
