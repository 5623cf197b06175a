"""The tool that fetches the evidence of a fact: who says so, when, how, in which passage."""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BaseModel, Field
from pyoxigraph import Literal, NamedNode

from xingtu.ontology import XT, load_schema
from xingtu.server.errors import InvalidRequest, NotFound
from xingtu.server.mcp.answers import BUDGET, Page, brief, few, fit
from xingtu.server.mcp.entities import Fact, label_of, show_value, tell_fact
from xingtu.server.mcp.finding import find_thing
from xingtu.server.mcp.terms import expand, find_term, shorten
from xingtu.server.pages.claims import Claim, Passage, gather_claims
from xingtu.server.pages.naming import Names
from xingtu.server.pages.panels import iris_of_claim
from xingtu.server.pages.passages import quote_passage
from xingtu.server.pages.statements import Statement, gather_statements

_VALUES: Final = 200  # values of one property of one thing
_SUGGESTED: Final = 8
_CLAIMS: Final = 10
_PASSAGES: Final = 5  # of a claim
_FACTS: Final = 4_000  # characters of the list of facts, as JSON
_QUOTED: Final = 600  # characters


class Evidence(BaseModel):
    """A passage: code points of the text of an article, end exclusive, and its SHA-256 in UTF-8."""

    article: str
    title: str
    start: int
    end: int
    sha256: str
    text: str | None = Field(
        default=None,
        description="Only where the operator has the texts: under copyright, do not republish.",
    )


class SourcedClaim(BaseModel):
    """What one source says, and where."""

    claim: str
    statement: str
    modality: str = Field(description="In what mood: factual, plan, target, proposal, …")
    claimed_by: list[str]
    reported_by: list[str]
    as_of: str = Field(description="The day on which it was said, or published.")
    standing: list[str] = Field(description="What stands against it: disputed, superseded, …")
    contradicts: list[str]
    superseded_by: list[str]
    passages: list[Evidence]
    more_passages: int = Field(default=0, description="How many are not listed.")


class EvidenceOfFact(Page):
    """Facts, and the claims behind them."""

    facts: list[Fact] = Field(description="What is said, each value with its own standing.")
    claims: list[SourcedClaim]

    def lines(self) -> Iterator[str]:
        """Give a line for each fact, then each claim with its passages."""
        yield from (fact.line for fact in self.facts)
        for each in self.claims:
            yield from _tell_claim(each)


def fetch_evidence(
    subject: Annotated[str, Field(max_length=500, description="The thing: id:tianwen-3.")] = "",
    predicate: Annotated[str, Field(max_length=500, description="The property: xt:when.")] = "",
    object: Annotated[
        str, Field(max_length=1000, description="The value, to narrow it: id:cnsa, or 2028.")
    ] = "",
    claim: Annotated[
        str, Field(max_length=500, description="Instead of these: one claim, id:claim-….")
    ] = "",
    offset: Annotated[int, Field(ge=0, le=10_000, description="Claims to pass over.")] = 0,
) -> EvidenceOfFact:
    """Fetch the evidence of a fact: give subject and predicate (and object), or a claim.

    Each claim tells who makes it, in what mood, when, and the passages: article, offsets, hash.
    Claimants are counted as sources, not articles, since articles copy one another.

    Raises:
        InvalidRequest: if it does not say which fact.
        NotFound: if there is no such fact or claim.
    """
    names = Names("en")
    if claim:
        return _answer([], [_find_claim(claim)], names, offset)
    if not (subject and predicate):
        raise InvalidRequest("give `subject` and `predicate`, or `claim`")
    statements = _find_statements(subject, predicate, object, names)
    claims = {claim.iri: claim for each in statements for claim in each.claims}
    return _answer(statements, [*claims.values()], names, offset)


def _find_claim(text: str) -> Claim:
    node = expand(text)
    found = gather_claims([node]).get(node.value)
    if found is None or not found.one("modality"):
        raise NotFound(
            f"there is no claim {shorten(node.value)}; describe_entity shows what is said"
        )
    return found


def _find_statements(subject: str, predicate: str, value: str, names: Names) -> list[Statement]:
    thing = NamedNode(find_thing(subject, names).iri)
    prop = _find_property(predicate)
    where = f"FILTER(?property = {prop})"
    wanted = ", ".join(str(Literal(text)) for text in _spellings(value))
    chosen = f"{where} FILTER(STR(?value) IN ({wanted}))" if value.strip() else where
    found = gather_statements(thing, _VALUES + 1, where=chosen)
    if not found:
        others = gather_statements(thing, _SUGGESTED, where=where)
        values = ", ".join(show_value(each.value) for each in others)
        hint = f"; it has {values}, …" if values else "; describe_entity shows its facts"
        said = f"{shorten(thing.value)} {shorten(prop.value)} {brief(value, 80)}".strip()
        raise NotFound(f"nothing says {said}{hint}")
    return found


def _find_property(text: str) -> NamedNode:
    foreign = ":" in text and not text.startswith("xt:")
    iri = expand(text) if foreign else None
    known = iri is not None and not iri.value.startswith(XT)
    return iri if iri is not None and known else NamedNode(find_term(text).iri)


def _spellings(value: str) -> list[str]:
    """Give what a value may be as a string: a literal as it is, a thing by its IRI."""
    bare = value.strip().strip('"')
    try:
        return [bare, expand(value).value]
    except InvalidRequest:
        return [bare]


def _answer(
    statements: list[Statement], claims: list[Claim], names: Names, offset: int
) -> EvidenceOfFact:
    page = claims[offset : offset + _CLAIMS]
    names.learn(iri for claim in page for iri in iris_of_claim(claim))
    facts = fit((tell_fact(statement, names) for statement in statements), _FACTS)
    told = fit((_source(claim, names) for claim in page), BUDGET - _FACTS)
    answer = EvidenceOfFact(facts=facts, claims=told, offset=offset)
    if len(facts) < len(statements):
        many = f"{_VALUES} or more" if len(statements) > _VALUES else f"{len(statements)}"
        answer.notes.append(f"These are {len(facts)} of {many} values: name one as `object`.")
    answer.notes += dict.fromkeys(_explain(each) for each in statements if not each.claims)
    answer.turn(len(told), offset + len(told) < len(claims), f"{len(claims)} claims")
    return answer


def _explain(statement: Statement) -> str:
    """Say where a statement is from that no claim makes as such."""
    prop = shorten(statement.predicate)
    if not statement.inferred:
        return f"The editors entered this {prop}; it rests on no claim."
    rule = load_schema().derivations.get(statement.predicate.removeprefix(XT))
    if rule is None:
        return f"This {prop} is inferred: fetch the evidence of a more special property."
    return f"This {prop} is inferred by {rule}: fetch the evidence of what is in WHERE."


def _source(claim: Claim, names: Names) -> SourcedClaim:
    subject, predicate = claim.one("subject"), claim.one("predicate")
    passages = [*claim.passages.values()]
    label = label_of(claim.value, names)
    value = show_value(claim.value) + (f" ({label})" if label else "")
    return SourcedClaim(
        claim=shorten(claim.iri),
        statement=f"{shorten(subject)} {shorten(predicate)} {value}",
        modality=claim.one("modality").removeprefix(XT),
        claimed_by=_labels(claim.iris("claimedBy"), names),
        reported_by=_labels(claim.iris("reportedBy"), names),
        as_of=claim.one("asOf")[:10],
        standing=[mood.word for mood in claim.standing],
        contradicts=few([shorten(iri) for iri in claim.iris("contradicts")], 5),
        superseded_by=few([shorten(iri) for iri in claim.replaced_by], 5),
        passages=[_locate(each, names) for each in passages[:_PASSAGES]],
        more_passages=max(0, len(passages) - _PASSAGES),
    )


def _locate(passage: Passage, names: Names) -> Evidence:
    text = quote_passage(passage)
    return Evidence(
        article=shorten(passage.article),
        title=brief(names.label(passage.article).text, 160),
        start=passage.start,
        end=passage.end,
        sha256=passage.digest,
        text=None if text is None else brief(text, _QUOTED),
    )


def _labels(iris: list[str], names: Names) -> list[str]:
    return few([f"{brief(names.label(iri).text, 80)} ({shorten(iri)})" for iri in iris], 10)


def _tell_claim(claim: SourcedClaim) -> Iterator[str]:
    by = ", ".join(claim.claimed_by)
    via = f", reported by {', '.join(claim.reported_by)}" if claim.reported_by else ""
    yield f"- {claim.statement}"
    yield f"  {claim.modality}; claimed by {by}{via}; as of {claim.as_of}; {claim.claim}"
    for word, iris in (("contradicts", claim.contradicts), ("superseded by", claim.superseded_by)):
        if iris:
            yield f"  {word} {', '.join(iris)}"
    for each in claim.passages:
        yield f"  {each.article} “{each.title}” {each.start}-{each.end} sha256 {each.sha256}"
        if each.text is not None:
            yield f"  “{each.text}”"
    if claim.more_passages:
        yield f"  and {claim.more_passages} more passages"
