"""Small views in HTML: the preview of a record, a page, and flyouts of anything, a fragment."""

from collections.abc import Iterator
from http import HTTPStatus
from itertools import islice
from typing import Final

from flask import Response, make_response, render_template

from xingtu.ontology import XT
from xingtu.server.errors import NotFound
from xingtu.server.pages.dating import read_date
from xingtu.server.pages.kinds import order_of
from xingtu.server.pages.vocabulary import read_vocabulary
from xingtu.server.reconciliation.index import RecordIndex
from xingtu.server.reconciliation.properties import (
    Json,
    describe_property,
    describe_type,
    types_of,
)
from xingtu.server.reconciliation.records import Record
from xingtu.server.reconciliation.showing import write_text

# OpenRefine shows a preview in a sandboxed frame of its own page: no scripts, any ancestor.
_FRAMED: Final = (
    "default-src 'none'; style-src 'self'; frame-ancestors *; base-uri 'none'; form-action 'none'"
)
_FACTS, _VALUES = 4, 3  # shown at most
_UNIMPORTANT: Final = 100  # the place of a property that readers do not look for first


def preview(identifier: str, index: RecordIndex, language: str) -> Response:
    """Answer with a page about a record, to be framed; 404 if there is none."""
    record = next(iter(index.identify(identifier)), None)
    page = render_template(
        "preview.html", about=record and _describe(record, index, language), lang=language
    )
    answer = make_response(page, HTTPStatus.OK if record else HTTPStatus.NOT_FOUND)
    answer.headers["Content-Security-Policy"] = _FRAMED
    return answer


def flyout(kind: str, identifier: str, index: RecordIndex, language: str) -> Json:
    """Give a fragment about a record, type or property.

    Raises:
        NotFound: if there is none of this identifier.
    """
    if kind == "entity":
        record = next(iter(index.identify(identifier)), None)
        about = _describe(record, index, language) if record else None
    else:
        about = _describe_term(kind, identifier, index, language)
    if about is None:
        raise NotFound(f"there is no {kind} of this identifier")
    return {"id": identifier, "html": render_template("flyout.html", about=about, lang=language)}


def _describe(record: Record, index: RecordIndex, language: str) -> Json:
    """Gather what a preview shows of a record."""
    label = record.label(language)
    other = record.label("en" if language == "zh" else "zh")
    return {
        "slug": record.slug,
        "name": label.text,
        "language": label.language,
        "other": other if other != label else None,
        "types": [describe_type(name).brief(language)["name"] for name in types_of(record)[:2]],
        "description": record.definition(language),
        "facts": list(islice(_facts(record, index, language), _FACTS)),
        "items": record.items,
    }


def _describe_term(kind: str, identifier: str, index: RecordIndex, language: str) -> Json | None:
    if XT + identifier not in read_vocabulary() and identifier not in index.using:
        return None
    described = describe_type(identifier) if kind == "type" else describe_property(identifier)
    return described.full(language)


def _facts(record: Record, index: RecordIndex, language: str) -> Iterator[tuple[str, list[str]]]:
    """Give what readers look for first: names of properties, and some of their values."""
    for prop in sorted(record.facts, key=lambda name: order_of(XT + name)):
        if order_of(XT + prop)[0] >= _UNIMPORTANT:
            return
        texts = (write_text(term, index, language) for term in record.facts[prop][:_VALUES])
        values = [read_date(text, language) for text in texts]
        yield describe_property(prop).brief(language)["name"], values
