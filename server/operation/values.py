"""The values that settings take, beyond what click's own types can tell."""

import math
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network


def parse_seconds(number: float) -> float:
    """Refuse what is not a number, which click's ranges let through.

    Raises:
        ValueError: if it is NaN or infinite.
    """
    if not math.isfinite(number):
        raise ValueError("it is not a number of seconds")
    return number


def parse_base(text: str) -> str:
    """Read the URL under which a server is known, and drop the slash at its end.

    Raises:
        ValueError: if it is not an http(s) URL, or has user, query or fragment.
    """
    if text and not is_http(text, without=("username", "query", "fragment")):
        raise ValueError(f"{text!r} is not like https://host or https://host/path")
    return text.rstrip("/")


def parse_store(text: str) -> str:
    """Read the place of a store: a directory, or the URL of a SPARQL endpoint.

    Raises:
        ValueError: if it is a URL, but not an http(s) one.
    """
    if "://" in text and not is_http(text, without=("fragment",)):
        raise ValueError(f"{text!r} is neither a directory nor an http or https URL")
    return text


def parse_target(text: str) -> str:
    """Read a URL that queries may reach, or `none`, and keep it as it is written.

    Raises:
        ValueError: if it is not an http(s) URL, or has user or fragment.
    """
    if text != "none" and not is_http(text, without=("username", "fragment")):
        raise ValueError(f"{text!r} is not an http or https URL")
    return text


def parse_network(text: str) -> Network:
    """Read an address, or a network in CIDR notation.

    Raises:
        ValueError: if it is neither.
    """
    return ip_network(text)


def is_http(text: str, without: tuple[str, ...] = ()) -> bool:
    """Tell an absolute http(s) URL in ASCII (RFC 3986 §4.3) that has none of the given parts.

    Args:
        text: Any string.
        without: Names of parts as `urlsplit` has them.
    """
    if not text.isascii() or not text.isprintable() or set(text) & set(' "<>\\^`{|}'):
        return False
    try:
        parts = urlsplit(text)
        known = bool(parts.hostname) and parts.port != 0  # reading the port checks it
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and known and not any(getattr(parts, p) for p in without)
    )
