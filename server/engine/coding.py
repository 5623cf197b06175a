"""Content codings (RFC 9110 §8.4): which one, and doing it."""

import gzip
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import brotli
import zstandard

_WORTH: Final = 1024  # bytes; a smaller body is not worth the work

# Levels at which the work takes less time than the network saves. The first of equals is used.
CODINGS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "zstd": lambda body: zstandard.compress(body, 3),
    "br": lambda body: bytes(brotli.compress(body, quality=4)),
    "gzip": lambda body: gzip.compress(body, 2, mtime=0),
}


@lru_cache(256)
def choose_coding(accept_encoding: str) -> str | None:
    """Choose a content coding by Accept-Encoding (RFC 9110 §12.5.3); None for none."""
    weights = dict(_read_weight(item) for item in accept_encoding.lower().split(","))
    rest = weights.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: weights.get(coding, rest))
    return best if weights.get(best, rest) > 0 else None


def compress(body: bytes | Path, coding: str | None) -> tuple[str | None, bytes | Path]:
    """Compress a body, in memory or in place in its file, if that is worth the work.

    Returns:
        The coding that was applied, if any, and the body.
    """
    if coding is None or (isinstance(body, bytes) and len(body) < _WORTH):
        return None, body
    if isinstance(body, bytes):
        return coding, CODINGS[coding](body)
    body.write_bytes(CODINGS[coding](body.read_bytes()))
    return coding, body


def _read_weight(item: str) -> tuple[str, float]:
    coding, _, weight = item.partition(";")
    try:
        quality = float(weight.partition("=")[2]) if weight else 1.0
    except ValueError:
        quality = 0.0
    return coding.strip(), quality
