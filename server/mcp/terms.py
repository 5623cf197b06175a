"""Terms as a model writes and reads them: prefixed names, IRIs, terms of the ontology by name."""

from typing import Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from xingtu.ontology import PREFIXES, XT
from xingtu.server.errors import InvalidRequest, NotFound
from xingtu.server.pages.addresses import ID
from xingtu.server.pages.asking import Term as RdfTerm
from xingtu.server.pages.vocabulary import Term, read_vocabulary
from xingtu.server.table import show_term

_NEAR: Final = 3
_ALIKE: Final = 60  # of 100, by rapidfuzz's weighted ratio


def shorten(iri: str) -> str:
    """Write an IRI as a prefixed name, or in angle brackets."""
    return show_term(NamedNode(iri), PREFIXES)


def write_term(term: RdfTerm | None) -> str:
    """Write a term as in a query, its IRIs as prefixed names; the empty string if it is unbound."""
    if not isinstance(term, Literal):
        return "" if term is None else show_term(term, PREFIXES)
    plain = str(Literal(term.value))
    if term.language:
        return f"{plain}@{term.language}"
    short = shorten(term.datatype.value)
    return plain if short == "xsd:string" else f"{plain}^^{short}"


def expand(text: str, default: str = ID) -> NamedNode:
    """Read `<iri>`, an absolute IRI or a prefixed name; a bare name is in the default namespace.

    Raises:
        InvalidRequest: if it is none of these; the message says what is wrong.
    """
    bare = text.strip().removeprefix("<").removesuffix(">")
    prefix, colon, local = bare.partition(":")
    if not colon:
        iri = default + bare
    elif local.startswith("//"):
        iri = bare
    elif prefix in PREFIXES:
        iri = PREFIXES[prefix] + local
    else:
        raise InvalidRequest(f"`{bare[:80]}`: {advise_prefix(prefix)}")
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise InvalidRequest(
            f"`{bare[:80]}` is no IRI: write id:tianwen-3, xt:Mission or <https://…>"
        ) from error


def advise_prefix(prefix: str) -> str:
    """Say what to do about a prefix that is not declared."""
    if prefix in PREFIXES:
        return f"declare it: PREFIX {prefix}: <{PREFIXES[prefix]}>"
    near = nearest(prefix, {known: known for known in PREFIXES})
    meant = f"did you mean {near[0]}:? " if near else ""
    return f"unknown prefix `{prefix[:40]}:`; {meant}known: {', '.join(PREFIXES)}"


def find_term(text: str) -> Term:
    """Find a class, property or controlled individual by IRI, name or label (English, Chinese).

    Raises:
        NotFound: if there is none; the message names near ones.
        InvalidRequest: as `expand` does.
    """
    wanted = text.strip()
    terms = read_vocabulary()
    for term in terms.values():
        if wanted == term.name or wanted.casefold() in map(str.casefold, term.labels.values()):
            return term
    iri = expand(wanted, XT).value if " " not in wanted else ""
    if iri in terms:
        return terms[iri]
    raise NotFound(f"the ontology has no `{wanted[:80]}`{suggest_terms(wanted)}")


def suggest_terms(text: str) -> str:
    """Name the terms of the ontology that are near to a text, as the end of a message."""
    names = {term.iri: term.name for term in read_vocabulary().values()}
    labels = {term.iri: term.labels.get("en", "") for term in read_vocabulary().values()}
    bare = text.removeprefix("<").removesuffix(">").replace("#", "/").replace(":", "/")
    local = bare.rpartition("/")[2]
    near = dict.fromkeys([*nearest(local, names), *nearest(local, labels)])
    return f"; near: {', '.join(shorten(iri) for iri in [*near][:_NEAR])}" if near else ""


def nearest(text: str, names: dict[str, str]) -> list[str]:
    """Give the keys of the names that are most like a text, best first."""
    found = process.extract(
        text.casefold(),
        {key: name.casefold() for key, name in names.items()},
        scorer=fuzz.ratio,
        limit=_NEAR,
        score_cutoff=_ALIKE,
    )
    return [key for _, _, key in found]
