"""Suggestions of records, types and properties, by the start of a name or by an identifier."""

from typing import Final

from xingtu.ontology import XT
from xingtu.server.pages.addresses import ID
from xingtu.server.pages.search import name_index
from xingtu.server.pages.vocabulary import read_vocabulary
from xingtu.server.reconciliation.index import RecordIndex
from xingtu.server.reconciliation.properties import (
    Json,
    describe_type,
    list_properties,
    list_types,
    search,
)
from xingtu.server.reconciliation.queries import read_name
from xingtu.server.reconciliation.records import Record
from xingtu.server.reconciliation.showing import describe_record, write_types

KINDS: Final = ("entity", "type", "property")
_FOUND: Final = 400


def suggest(kind: str, prefix: str, index: RecordIndex, language: str) -> list[Json]:
    """Suggest things of a kind, the best first.

    Args:
        kind: One of `KINDS`.
        prefix: The start of a name, or an identifier; if it is empty, all are suggested.
        index: All records.
        language: That of names, `en` or `zh`.
    """
    if kind == "entity":
        return [_write_record(record, language) for record in _find(prefix, index)]
    if kind == "type":
        found = search(list_types(index), read_name(prefix))
        return [each.full(language) | _broader(each.id, language) for each in found]
    found = search(list_properties(index.records.values()), read_name(prefix))
    return [each.full(language) for each in found]


def _find(prefix: str, index: RecordIndex) -> list[Record]:
    if not prefix.strip():
        return sorted(index.records.values(), key=lambda each: (-each.weight, each.slug))
    slugs = (hit.entry.iri.removeprefix(ID) for hit in name_index().find(prefix, _FOUND))
    named = [index.records[slug] for slug in slugs if slug in index.records]
    return list({r.slug: r for r in [*index.identify(prefix), *named]}.values())


def _write_record(record: Record, language: str) -> Json:
    return {
        "id": record.slug,
        "name": record.label(language).text,
        "description": describe_record(record, language),
        "notable": write_types(record, language),
    }


def _broader(name: str, language: str) -> Json:
    term = read_vocabulary().get(XT + name)
    parents = [p for p in (term.parents if term else ()) if p in read_vocabulary()]
    broader = [describe_type(parent.removeprefix(XT)).brief(language) for parent in parents]
    return {"broader": broader} if broader else {}
