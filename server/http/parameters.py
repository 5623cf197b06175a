"""The parameters of a request: decoding them, and reading those that have a syntax of their own."""

import re
from binascii import a2b_qp
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from werkzeug.http import parse_options_header

from xingtu.server.errors import InvalidRequest, UnsupportedBody
from xingtu.server.http.message import Request
from xingtu.triples.edtf import parse_edtf

VERSIONS: Final = ("1.0", "1.1", "1.2", "1.2-basic")  # SPARQL 1.2 Protocol (draft) §2.1

_MOST_FIELDS: Final = 1000
_MILLISECONDS: Final = re.compile(r"[1-9][0-9]{0,11}")

Values = Mapping[str, list[str]]


def read_parameters(encoded: bytes) -> list[tuple[str, str]]:
    """Decode a query string or form, once.

    Raises:
        InvalidRequest: if it is not UTF-8 beneath the percent-encoding, or has very many fields.
    """
    fields = encoded.split(b"&")
    if len(fields) > _MOST_FIELDS:
        raise InvalidRequest(f"the request has more than {_MOST_FIELDS} parameters")
    try:
        pairs = [field.partition(b"=") for field in fields if field]
        return [(_decode(name), _decode(value)) for name, _, value in pairs]
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"the request is not UTF-8: {error}") from error


def _decode(encoded: bytes) -> str:
    """Decode a name or value.

    Percent-encoding is Quoted-Printable (RFC 2045 §6.7) with another sign, and that is decoded in
    C: ten times as fast. But there the sign may end a line, and then means nothing.
    """
    spaced = encoded.replace(b"+", b" ")
    escapes = spaced.count(b"%")
    if not escapes:
        return spaced.decode()
    decoded = a2b_qp(spaced.replace(b"=", b"=3D").replace(b"%", b"="))
    if len(decoded) != len(spaced) - 2 * escapes or b"\n" in spaced or b"\r" in spaced:
        decoded = unquote_to_bytes(spaced)  # some sign begins no escape
    return decoded.decode()


def decode_body(request: Request) -> str:
    """Decode a body that is text.

    Raises:
        InvalidRequest: if it is not UTF-8.
    """
    try:
        return request.body.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"the body is not UTF-8: {error}") from error


@lru_cache(1024)
def read_content_type(header: str) -> tuple[str, Mapping[str, str]]:
    """Split a Content-Type into the media type, in lower case, and its parameters."""
    media_type, parameters = parse_options_header(header)
    return media_type.lower(), parameters


def require_plain(request: Request) -> None:
    """Refuse a body in a content coding, or in another charset than UTF-8.

    Raises:
        UnsupportedBody: if it is.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedBody("the body must come without Content-Encoding")
    require_utf8(request.headers.get("content-type", ""))


def require_utf8(content_type: str) -> None:
    """Refuse a charset parameter that is not UTF-8.

    Raises:
        UnsupportedBody: if there is one.
    """
    _, parameters = read_content_type(content_type)
    if parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedBody("the body must be encoded in UTF-8")


def one_of(values: Values, *names: str) -> str | None:
    """Give the value of a parameter that may be given once, under one of its names.

    Raises:
        InvalidRequest: if it is given more than once.
    """
    given = [value for name in names for value in values.get(name, ())]
    if len(given) > 1:
        raise InvalidRequest(f"`{'` or `'.join(names)}` is given more than once")
    return given[0] if given else None


def format_of(values: Values) -> str | None:
    """Give the first value of `format` or `output`.

    SPARQLWrapper sends both, each with several names of one format.
    """
    return next((value for name in ("format", "output") for value in values.get(name, ())), None)


def read_timeout(values: Values) -> float | None:
    """Read `timeout`, which is in milliseconds as with Virtuoso, into seconds.

    Raises:
        InvalidRequest: if it is anything but a whole number from 1 on.
    """
    text = one_of(values, "timeout")
    if text is None:
        return None
    if not _MILLISECONDS.fullmatch(text):
        raise InvalidRequest("`timeout` is a whole number of milliseconds, at least 1")
    return int(text) / 1000


def read_day(values: Values) -> date | None:
    """Read `as-of`, the last day of an EDTF date such as 2025-12-31 or 2025.

    Raises:
        InvalidRequest: if it is no such date, or has no last day.
    """
    text = one_of(values, "as-of")
    if text is None:
        return None
    try:
        last = parse_edtf(text).last
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(f"`as-of` is a date such as 2025-12-31: {error}") from error
    if last is None:
        raise InvalidRequest("`as-of` is a date such as 2025-12-31, not an open span")
    return last


def read_version(values: Values) -> str | None:
    """Read the version of SPARQL that the client announces.

    Raises:
        InvalidRequest: if it is none of `VERSIONS`.
    """
    version = one_of(values, "version")
    if version is not None and version not in VERSIONS:
        raise InvalidRequest(f"`version` is one of {', '.join(VERSIONS)}")
    return version
