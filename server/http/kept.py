"""Responses to queries that were asked before, given again without a look at the query."""

from array import array
from collections.abc import Hashable
from typing import Final

from xingtu.server.http.caching import ResultCache
from xingtu.server.http.message import Request, Response
from xingtu.server.http.validators import names_tag

_LONGEST: Final = 8192  # bytes of a query and of the fields that matter; more is rarely repeated
_FIELDS: Final = ("content-type", "content-encoding", "accept", "accept-encoding")
_REMEMBERED: Final = 4096


def name_request(version: str, request: Request) -> Hashable | None:
    """Name all that the response to a query depends on; None if it is too long to be kept."""
    fields = tuple(map(request.headers.get, _FIELDS))
    length = len(request.query_string) + len(request.body) + sum(map(len, filter(None, fields)))
    if length > _LONGEST:
        return None
    method = "GET" if request.method == "HEAD" else request.method
    return version, method, request.path, request.query_string, request.body, fields


class KeptResponses:
    """Keeps responses to queries.

    Args:
        cache: Where.
        hesitates: Whether to keep only what is asked twice, as is best where most is asked once:
            what is kept drives other things from the caches of the processor.
    """

    def __init__(self, cache: ResultCache[Response], *, hesitates: bool = False) -> None:
        self._cache = cache
        self._hesitates = hesitates
        self._seen = array("q", bytes(8 * _REMEMBERED))

    def recall(self, name: Hashable | None, request: Request) -> Response | None:
        """Give the response that is kept under a name, if it is."""
        kept = None if name is None else self._cache.get(name)
        if kept is None:
            return None
        if condition := request.headers.get("if-none-match"):
            tag = dict(kept.headers).get("ETag", "").strip('"')
            if tag and names_tag(condition, tag):
                headers = [item for item in kept.headers if not item[0].startswith("Content-")]
                return Response(304, headers, notes={**kept.notes, "cache": "client"})
        return Response(200, kept.headers, kept.body, {**kept.notes, "cache": "hit"})

    def keep(self, name: Hashable | None, response: Response) -> None:
        """Keep a response, if it stays the same as long as its name does."""
        if name is None or (self._hesitates and not self._is_known(name)):
            return
        if response.status == 200 and ("Cache-Control", "no-store") not in response.headers:
            self._cache.put(name, response)

    def _is_known(self, name: Hashable) -> bool:
        """Tell whether a name was given lately (the doorkeeper of TinyLFU, arXiv:1512.00727)."""
        mark = hash(name)
        place = mark % _REMEMBERED
        known, self._seen[place] = self._seen[place] == mark, mark
        return known
