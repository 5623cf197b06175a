"""Entity tags (RFC 9110 §8.8) and the conditional requests that name them (§13)."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from werkzeug.http import parse_etags

from xingtu.server.errors import PreconditionFailed
from xingtu.server.http.message import Request

Header = tuple[str, str]


def fingerprint(*parts: object) -> str:
    """Name a combination of values by 32 hex digits."""
    return blake2b(repr(parts).encode(errors="replace"), digest_size=16).hexdigest()


def names_tag(header: str, tag: str) -> bool:
    """Tell whether If-None-Match lists a tag (weak comparison); `*` lists none."""
    return bool(header) and tag in parse_etags(header).as_set(include_weak=True)


def entity_tag(resource: str, formats: Sequence[str], coding: str | None) -> str:
    """Make the tag of a representation.

    Args:
        resource: The fingerprint of what is represented, as it is now.
        formats: The media types it may have, best first.
        coding: The content coding the client takes.
    """
    return f"{resource}-{_name_variant(tuple(formats), coding)}"


@lru_cache(256)
def _name_variant(formats: tuple[str, ...], coding: str | None) -> str:
    return fingerprint(formats, coding)[:8]


def check_match(request: Request, resource: str, exists: bool) -> None:
    """Hold a request to its If-Match (§13.1.1); a tag of any representation will do.

    Args:
        request: The request.
        resource: The fingerprint of what is asked for, as it is now.
        exists: Whether that is there at all.

    Raises:
        PreconditionFailed: if it does not hold.
    """
    expected = request.headers.get("if-match")
    if expected is not None and not _names(expected, resource, exists):
        raise PreconditionFailed("If-Match: this is not what is there now; get it again")


def check_none_match(request: Request, resource: str, exists: bool) -> None:
    """Hold a write to its If-None-Match (§13.1.2); see `check_match`."""
    unexpected = request.headers.get("if-none-match")
    if unexpected is not None and _names(unexpected, resource, exists):
        raise PreconditionFailed("If-None-Match: there is such a graph already")


def is_conditional(request: Request) -> bool:
    """Tell a request with If-Match or If-None-Match."""
    return "if-match" in request.headers or "if-none-match" in request.headers


def _names(header: str, resource: str, exists: bool) -> bool:
    tags = parse_etags(header)
    if tags.star_tag:
        return exists
    return any(tag.rpartition("-")[0] == resource for tag in tags.as_set())
