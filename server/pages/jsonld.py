"""A thing, or the dataset, as JSON-LD, for machines that read the page."""

from collections.abc import Iterable
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from xingtu.ontology import PREFIXES, XT
from xingtu.server.pages import asking
from xingtu.server.pages.about import About
from xingtu.server.pages.addresses import ONTOLOGY
from xingtu.server.pages.claims import Claim
from xingtu.server.pages.statements import Statement
from xingtu.server.pages.terms import Header
from xingtu.server.pages.vocabulary import SKOS, Term

DCAT: Final = "http://www.w3.org/ns/dcat#"
DCTERMS: Final = "http://purl.org/dc/terms/"
_XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_SCHEMA: Final = "https://schema.org/"
# Class of ours → the class of schema.org that search engines know.
_SCHEMA_CLASSES: Final = {
    "Person": "Person",
    "Organisation": "Organization",
    "Place": "Place",
    "Article": "NewsArticle",
    "Event": "Event",
    "PolicyDocument": "Legislation",
    "Claim": "Claim",
}
# What the record of the dataset says → the property of schema.org that search engines know.
_SCHEMA_PROPERTIES: Final = {
    DCTERMS + "title": "name",
    DCTERMS + "description": "description",
    DCTERMS + "license": "license",
    DCAT + "keyword": "keywords",
    DCAT + "version": "version",
    DCAT + "landingPage": "url",
}


def describe_thing(
    about: About, statements: list[Statement], claim: Claim | None = None
) -> dict[str, Any]:
    """Describe a thing (JSON-LD 1.1): its names, its classes and what holds of it.

    Args:
        about: The thing.
        statements: What is said of it; only what holds is told, since a plain triple has no mood.
        claim: Its details, if it is a claim.
    """
    schema = [_SCHEMA + v for k, v in _SCHEMA_CLASSES.items() if XT + k in about.classes]
    node: dict[str, Any] = {
        "@context": {"@vocab": XT, "schema": _SCHEMA, **_prefixes()},
        "@id": about.iri,
        "@type": [*about.types, *schema],
        "rdfs:label": [_value(text, tag) for tag, text in sorted(about.labels.items())],
    }
    if about.aliases:
        node[SKOS + "altLabel"] = [_value(*alias) for alias in about.aliases]
    if about.definitions:
        found = about.definitions.items()
        node[SKOS + "definition"] = [_value(text, tag) for tag, text in sorted(found)]
    if about.matches:
        node[SKOS + "exactMatch"] = [{"@id": iri} for iri in about.matches]
    if about.near:
        node[SKOS + "closeMatch"] = [{"@id": iri} for iri in about.near]
    if schema and about.labels:
        node["schema:name"] = node["rdfs:label"]
    for statement in statements:
        if statement.held:
            _add(node, statement.predicate, statement.value)
    for name, values in (claim.details if claim else {}).items():
        for value in values:
            _add(node, XT + name if ":" not in name else name, value)
    return node


def describe_ontology(header: Header, files: dict[str, str]) -> dict[str, Any]:
    """Describe the ontology (schema.org's DefinedTermSet); `files` are addresses by media type."""
    values = header.values
    return {
        "@context": {"@vocab": _SCHEMA},
        "@type": "DefinedTermSet",
        "@id": ONTOLOGY,
        "name": [_value(text, tag) for tag, text in sorted(header.titles.items())],
        "description": [_value(text, tag) for tag, text in sorted(header.descriptions.items())],
        "version": values.get("versionInfo", []),
        "datePublished": values.get("issued", []),
        "license": [{"@id": iri} for iri in values.get("license", [])],
        "creator": [{"@type": "Organization", "name": name} for name in values.get("creator", [])],
        "encoding": [
            {"@type": "MediaObject", "contentUrl": address, "encodingFormat": media_type}
            for media_type, address in files.items()
        ],
    }


def describe_term(term: Term) -> dict[str, Any]:
    """Describe a term of the ontology (schema.org's DefinedTerm)."""
    return {
        "@context": {"@vocab": _SCHEMA},
        "@type": "DefinedTerm",
        "@id": term.iri,
        "termCode": term.name,
        "name": [_value(text, tag) for tag, text in sorted(term.labels.items())],
        "description": [_value(text, tag) for tag, text in sorted(term.definitions.items())],
        "inDefinedTermSet": {"@id": ONTOLOGY},
    }


def describe_dataset(dataset: NamedNode, record: Iterable[Triple]) -> dict[str, Any]:
    """Describe the dataset (schema.org), by its record.

    Args:
        dataset: Its IRI.
        record: DCAT, with addresses of this server.
    """
    node: dict[str, Any] = {"@context": _SCHEMA, "@type": "Dataset", "@id": dataset.value}
    downloads = []
    for triple in record:
        value = triple.object
        name = _SCHEMA_PROPERTIES.get(triple.predicate.value)
        if triple.subject == dataset and name and isinstance(value, Literal):
            node.setdefault(name, []).append(_value(value.value, value.language or ""))
        elif triple.subject == dataset and name and isinstance(value, NamedNode):
            node[name] = value.value
        elif triple.predicate.value == DCAT + "downloadURL" and isinstance(value, NamedNode):
            downloads.append({"@type": "DataDownload", "contentUrl": value.value})
    return node | {"distribution": downloads}


def _prefixes() -> dict[str, str]:
    return {name: PREFIXES[name] for name in ("rdfs", "skos", "xsd") if name in PREFIXES}


def _add(node: dict[str, Any], prop: str, value: asking.Term) -> None:
    name = prop.removeprefix(XT)
    key = name if name.isidentifier() else prop  # `@id` after our namespace is no keyword
    if isinstance(value, NamedNode):
        node.setdefault(key, []).append({"@id": value.value})
    elif isinstance(value, Literal):
        typed: dict[str, str] = {"@value": value.value}
        if value.language:
            typed["@language"] = value.language
        elif value.datatype.value != _XSD_STRING:
            typed["@type"] = value.datatype.value
        node.setdefault(key, []).append(typed)


def _value(text: str, language: str) -> dict[str, str]:
    return {"@value": text, "@language": language} if language else {"@value": text}
