"""Answering query operations: the dataset, the format, what was answered before, the page."""

from collections.abc import Hashable
from functools import lru_cache
from typing import Final, NamedTuple

from xingtu.server.engine.coding import choose_coding, compress
from xingtu.server.engine.tasks import Answer, Engine, Query
from xingtu.server.errors import InvalidRequest
from xingtu.server.formats import PAGE, Form, rank_formats
from xingtu.server.gate import QueryFacts, inspect_query
from xingtu.server.http.answers import VARY, respond, take_body
from xingtu.server.http.caching import ResultCache
from xingtu.server.http.federation import naming
from xingtu.server.http.message import Request, Response
from xingtu.server.http.page import CONTENT_TYPE, Asked, carrier_of, render_page
from xingtu.server.http.policy import GraphsBy, Offload, Policy
from xingtu.server.http.protocol import QueryOperation
from xingtu.server.http.validators import entity_tag, fingerprint, names_tag
from xingtu.server.operation.access_log import HASH_DIGITS, digest_query

_TAG_DIGITS: Final = 32  # hexadecimal, of the digest of a query in an entity tag
_SHORT: Final = 8192  # characters; longer queries take a while to inspect


class _Asked(NamedTuple):
    """A query operation, understood; `digest` is that of its text."""

    request: Request
    operation: QueryOperation
    facts: QueryFacts
    digest: str
    task: Query


class Queries:
    """Answers query operations.

    Args:
        engine: Evaluates.
        cache: Keeps answers.
        policy: What is allowed.
        graphs_by: For `as-of`.
        offload: Calls a function that takes a while.
    """

    def __init__(
        self,
        engine: Engine,
        cache: ResultCache[Answer],
        policy: Policy,
        graphs_by: GraphsBy | None,
        offload: Offload,
    ) -> None:
        self._offload = offload
        self._engine = engine
        self._cache = cache
        self._policy = policy
        self._graphs_by = graphs_by
        self._cache_control = policy.cache_control

    async def answer(self, request: Request, operation: QueryOperation) -> Response:
        """Answer a query operation.

        Raises:
            QueryError, NotAcceptable, InvalidRequest, ServerBusy: see `errors.py`.
        """
        version = self._engine.version
        asked = await self._understand(request, operation)
        if asked.facts.deterministic:
            response = await self._answer_stable(asked, version)
        else:
            with naming(asked.facts.services):
                answer = await self._evaluate(asked)
            response = respond(answer, [("Cache-Control", "no-store")])
        notes = response.notes
        notes["form"] = asked.facts.form or ""
        notes["query_hash"] = asked.digest[:HASH_DIGITS]
        return response

    async def _understand(self, request: Request, operation: QueryOperation) -> _Asked:
        text, endpoint = operation.text, request.base + request.path
        if len(text) <= _SHORT:
            facts = self._inspect(text, endpoint)
        else:
            facts = await self._offload(self._inspect, text, endpoint)
        default_graphs, named_graphs = await self._choose_dataset(operation, facts)
        task = Query(
            text,
            endpoint,
            _rank(request.headers.get("accept", ""), operation.format, facts.form),
            default_graphs,
            named_graphs,
            choose_coding(request.headers.get("accept-encoding", "")),
            self._policy.grant(operation.timeout),
        )
        return _Asked(request, operation, facts, digest_query(text), task)

    async def _choose_dataset(
        self, operation: QueryOperation, facts: QueryFacts
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the graphs the request names, else those of FROM, else of the day (§2.1.4).

        None means all; FROM is left to the engine where we cannot tell what it names.
        """
        given = (operation.default_graphs, operation.named_graphs)
        clauses = (facts.default_graphs, facts.named_graphs)
        if operation.as_of is None:
            return given if any(given) else clauses
        if any(given) or any(clauses) or not facts.knows_dataset:
            raise InvalidRequest("`as-of` chooses the graphs: name none beside it, nor by FROM")
        graphs = await self._graphs_by(operation.as_of) if self._graphs_by else ()
        if not graphs:
            raise InvalidRequest("this dataset does not tell when its graphs were published")
        return graphs, graphs

    async def _answer_stable(self, asked: _Asked, version: str) -> Response:
        """Answer a query whose answer changes only with the dataset."""
        task, request = asked.task, asked.request
        dataset = (task.default_graphs, task.named_graphs, asked.operation.as_of)
        resource = asked.digest[:_TAG_DIGITS] + _name_context(version, task.base_iri, dataset)
        tag = entity_tag(resource, task.formats, task.coding)
        headers = []
        if request.method != "POST":  # its answer does not represent the URL
            headers = [("ETag", f'"{tag}"'), ("Cache-Control", self._cache_control)]
            if names_tag(request.headers.get("if-none-match", ""), tag):
                return Response(304, [VARY, *headers], notes={"cache": "client"})
        kept = self._cache.get(tag)
        answer = kept or await self._evaluate(asked)
        if kept is None and self._engine.version == version:
            self._cache.put(tag, answer)
        response = respond(answer, headers)
        response.notes["cache"] = "miss" if kept is None else "hit"
        return response

    async def _evaluate(self, asked: _Asked) -> Answer:
        task = asked.task
        if task.formats[-1] != PAGE.media_type:
            return await self._engine.run(task)
        carrier = carrier_of(asked.facts.form or "SELECT")
        plain = task._replace(formats=(*task.formats[:-1], carrier), coding=None)
        answer = await self._engine.run(plain)
        if not answer.content_type.startswith(carrier):
            return answer
        page: Answer = await self._offload(_make_page, answer, asked)
        return page

    def _inspect(self, text: str, base_iri: str) -> QueryFacts:
        return inspect_query(text, base_iri=base_iri, services=self._policy.services)


def _rank(accept: str, name: str | None, form: Form | None) -> tuple[str, ...]:
    if form is not None:
        return rank_formats(accept, name, form, page=True)
    # The engine will say what is wrong, or else find the form itself.
    return rank_formats("", None, "SELECT") + rank_formats("", None, "CONSTRUCT")


@lru_cache(256)
def _name_context(version: str, base_iri: str, dataset: Hashable) -> str:
    return fingerprint(version, base_iri, dataset)[:16]


def _make_page(answer: Answer, asked: _Asked) -> Answer:
    about = Asked(asked.operation, asked.task.base_iri, asked.request.base)
    page = render_page(take_body(answer.body), answer.content_type, about)
    coding, body = compress(page, asked.task.coding)
    return Answer(body, CONTENT_TYPE, coding)
