"""Writes graphs in the shape of ours: the same words, the same share of each kind of thing."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from entities import (
    AGENTS,
    CLASSES,
    COLOURS,
    ENTITIES_PER_AGENT,
    ENTITIES_PER_ARTICLE,
    GRAPH,
    ID,
    MOODS,
    TERM,
    article_of,
    entity_count,
    facts_of,
    iri_of,
    kind_of,
    mix,
    name_of,
    parent_of,
    term,
    year_of,
)

EVIDENCE_PER_ARTICLE: Final = 30
TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
REIFIES: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies>"
LABEL: Final = "<http://www.w3.org/2000/01/rdf-schema#label>"
SUBCLASS: Final = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
ALT_LABEL: Final = "<http://www.w3.org/2004/02/skos/core#altLabel>"
EXACT_MATCH: Final = "<http://www.w3.org/2004/02/skos/core#exactMatch>"
NAMED: Final = "<http://www.w3.org/2002/07/owl#NamedIndividual>"
CLASS: Final = "<http://www.w3.org/2002/07/owl#Class>"
WIKIDATA: Final = "http://www.wikidata.org/entity/"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
PROV: Final = "http://www.w3.org/ns/prov#"
OA: Final = "http://www.w3.org/ns/oa#"


def write_graph(path: Path, scale: str, *, reifiers: bool = False) -> int:
    """Write a graph as N-Quads.

    Args:
        path: The file to write.
        scale: A key of `SIZES`.
        reifiers: Whether each claim also reifies its triple (RDF 1.2), which older stores refuse.

    Returns:
        The number of quads.
    """
    quads = 0
    with path.open("w", encoding="utf-8") as file:
        for lines in _blocks(entity_count(scale), reifiers):
            file.writelines(lines)
            quads += len(lines)
    return quads


@dataclass(frozen=True)
class _Claim:
    about: int
    said_in: int  # the entity whose block of the file this is; its article makes the claim
    predicate: str
    value: str
    speaker: int
    number: int

    @property
    def iri(self) -> str:
        return f"{ID}claim-{iri_of(self.about).removeprefix(ID)}-{self.number:012x}"


def _blocks(count: int, reifiers: bool) -> Iterator[list[str]]:
    yield list(_ontology())
    rng = random.Random(count)
    for i in range(count):
        if i % ENTITIES_PER_ARTICLE == 0:
            yield list(_article(i))
        yield list(_entity(i, count))
        for claim in _claims(i, count, rng):
            yield list(_claim(claim))
            if reifiers:
                triple = f"<<( <{iri_of(claim.about)}> {claim.predicate} {claim.value} )>>"
                yield [_quad(claim.iri, REIFIES, triple, article_of(i))]


def _claims(i: int, count: int, rng: random.Random) -> Iterator[_Claim]:
    """Claim each fact of an entity, and again one or two of the hubs: they are spoken of most."""
    said = [(i, fact) for fact in facts_of(i, count)]
    for _ in range(1 + (i % 3 > 0)):
        hub = int(count * rng.random() ** 3)
        said.append((hub, rng.choice(facts_of(hub, count))))
    agents = (count - 1) // ENTITIES_PER_AGENT + 1
    for about, (predicate, value) in said:
        speaker = int(agents * rng.random() ** 2) * ENTITIES_PER_AGENT
        yield _Claim(about, i, predicate, value, speaker, rng.getrandbits(48))


def _ontology() -> Iterator[str]:
    for name, parents, chinese in (*CLASSES, *AGENTS):
        yield _quad(TERM + name, TYPE, CLASS, "ontology")
        yield _quad(TERM + name, LABEL, f'"{name.lower()}"@en', "ontology")
        yield _quad(TERM + name, LABEL, f'"{chinese}"@zh', "ontology")
        for parent in parents:
            yield _quad(TERM + name, SUBCLASS, term(parent), "ontology")


def _article(i: int) -> Iterator[str]:
    graph = article_of(i)
    article = ID + graph
    yield _quad(article, TYPE, NAMED, graph)
    yield _quad(article, TYPE, term("Article"), graph)
    yield _quad(article, TYPE, term("InformationEntity"), "inferred")
    yield _quad(article, LABEL, f'"What was said of {name_of(i)}"@en', graph)
    yield _quad(article, term("publishedWhen"), f'"{_day(i)}"', graph)
    yield _quad(article, term("publishedBy"), f"<{iri_of(i // 24 * 12)}>", graph)
    for slot in range(EVIDENCE_PER_ARTICLE):
        yield from _evidence(i, slot)


def _evidence(i: int, slot: int) -> Iterator[str]:
    graph, passage, digest = article_of(i), _passage(i, slot), mix(mix(i) + slot)
    start, end = (f'"{slot * 170 + length}"^^<{XSD}integer>' for length in (0, 90 + slot))
    yield _quad(passage, TYPE, NAMED, graph)
    yield _quad(passage, TYPE, term("Evidence"), graph)
    yield _quad(passage, term("inArticle"), f"<{ID}{graph}>", graph)
    yield _quad(passage, term("start"), start, graph)
    yield _quad(passage, term("end"), end, graph)
    yield _quad(passage, term("passageSha256"), f'"{digest:016x}{i:048x}"', graph)
    yield _quad(passage, TYPE, term("InformationEntity"), "inferred")
    yield _quad(passage, TYPE, f"<{PROV}Entity>", "inferred")
    yield _quad(passage, TYPE, f"<{OA}TextPositionSelector>", "inferred")
    yield _quad(passage, f"<{OA}start>", start, "inferred")
    yield _quad(passage, f"<{OA}end>", end, "inferred")


def _entity(i: int, count: int) -> Iterator[str]:
    entity, (kind, parents, chinese) = iri_of(i), kind_of(i)
    yield _quad(entity, TYPE, NAMED, "entities")
    yield _quad(entity, TYPE, term(kind), "entities")
    yield _quad(entity, LABEL, f'"{name_of(i)}"@en', "entities")
    yield _quad(entity, LABEL, f'"{chinese}{i}号"@zh', "entities")
    for parent in parents:
        yield _quad(entity, TYPE, term(parent), "inferred")
    for predicate, value in facts_of(i, count):
        yield _quad(entity, predicate, value, article_of(i))
    if i:
        yield _quad(iri_of(parent_of(i)), term("hasPart"), f"<{entity}>", "inferred")
    if i % 9 == 0:
        yield _quad(entity, ALT_LABEL, f'"{COLOURS[i % 8]}-{i}"@en', "entities")
        yield _quad(entity, EXACT_MATCH, f"<{WIKIDATA}Q{i + 90}>", "entities")
    if "Occurrent" in parents:
        for name, day in (("earliest", "01-01T00:00:00Z"), ("latest", "12-31T23:59:59Z")):
            moment = f'"{year_of(i)}-{day}"^^<{XSD}dateTime>'
            yield _quad(entity, term(name), moment, article_of(i))


def _claim(claim: _Claim) -> Iterator[str]:
    graph, speaker = article_of(claim.said_in), f"<{iri_of(claim.speaker)}>"
    passage = _passage(claim.said_in, claim.number % EVIDENCE_PER_ARTICLE)
    day = f'"{_day(claim.said_in)}T00:00:00Z"^^<{XSD}dateTime>'
    yield _quad(claim.iri, TYPE, NAMED, graph)
    yield _quad(claim.iri, TYPE, term("Claim"), graph)
    yield _quad(claim.iri, term("subject"), f"<{iri_of(claim.about)}>", graph)
    yield _quad(claim.iri, term("predicate"), claim.predicate, graph)
    holds = "object" if claim.value.startswith("<") else "valueText"
    yield _quad(claim.iri, term(holds), claim.value, graph)
    yield _quad(claim.iri, term("claimedBy"), speaker, graph)
    yield _quad(claim.iri, term("evidence"), f"<{passage}>", graph)
    yield _quad(claim.iri, term("asOf"), day, graph)
    yield _quad(claim.iri, term("modality"), term(MOODS[min(claim.number % 9, 4)]), graph)
    yield _quad(claim.iri, term("rank"), term("normal"), graph)
    yield _quad(claim.iri, term("claimStatus"), term("accepted"), graph)
    yield _quad(claim.iri, TYPE, f"<{PROV}Entity>", "inferred")
    yield _quad(claim.iri, TYPE, term("InformationEntity"), "inferred")
    yield _quad(claim.iri, f"<{PROV}wasAttributedTo>", speaker, "inferred")


def _passage(i: int, slot: int) -> str:
    return f"{ID}evidence-{article_of(i)}-{slot}"


def _day(i: int) -> str:
    article = i // ENTITIES_PER_ARTICLE
    return f"{2020 + article % 7}-0{1 + article % 9}-1{article % 10}"


def _quad(subject: str, predicate: str, value: str, graph: str) -> str:
    return f"<{subject}> {predicate} {value} <{GRAPH}{graph}> .\n"
