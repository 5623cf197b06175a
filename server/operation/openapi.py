"""The HTTP interface described in OpenAPI 3.2, from the tables that the server works by."""

from typing import Any, Final

from xingtu.server.formats import GRAPH_FORMATS, PAGE, RESULT_FORMATS
from xingtu.server.http.parameters import VERSIONS
from xingtu.server.problems import STATUSES
from xingtu.server.reconciliation import description as reconciliation

Json = dict[str, Any]

IRI: Final[Json] = {"type": "string", "format": "iri"}
IRIS: Final[Json] = {"type": "array", "items": IRI}
QUERY: Final[Json] = {"type": "string", "format": "sparql-query", "examples": ["ASK { ?s ?p ?o }"]}
UPDATE: Final[Json] = {
    "type": "string",
    "format": "sparql-update",
    "examples": ["INSERT DATA { <https://example.org/s> <https://example.org/p> 1 }"],
}

Parameters = dict[str, tuple[Json, str]]  # by name: schema and description
_NAMES: Final = sorted({name for row in (*RESULT_FORMATS, *GRAPH_FORMATS) for name in row.names})
OF_ANY: Final[Parameters] = {
    "timeout": ({"type": "integer", "minimum": 1}, "Milliseconds; the server may allow less."),
    "version": ({"type": "string", "enum": [*VERSIONS]}, "The version of SPARQL it is written in."),
}
OPTIONAL: Final = (QUERY, "The query; without it, the service is described.")
OF_QUERIES: Final[Parameters] = OF_ANY | {
    "default-graph-uri": (IRIS, "A graph that is part of the default graph."),
    "named-graph-uri": (IRIS, "A graph that GRAPH can name."),
    "as-of": (
        {"type": "string", "examples": ["2025-12-31", "2025"]},
        "Only what was published by the end of this day, month or year (EDTF).",
    ),
    "format": ({"type": "string", "enum": _NAMES}, "The format, in place of Accept."),
    "output": ({"type": "string", "enum": _NAMES}, "The same as `format`."),
}
OF_UPDATES: Final[Parameters] = OF_ANY | {
    "using-graph-uri": (IRIS, "A graph that is part of the default graph of WHERE."),
    "using-named-graph-uri": (IRIS, "A graph that GRAPH can name in WHERE."),
}
OF_GRAPHS: Final[Parameters] = {
    "graph": (IRI, "The graph; its name is an absolute IRI."),
    "default": ({"type": "string", "const": ""}, "The default graph, in place of `graph`."),
}
_IN_PATH: Final[Json] = {
    "name": "path",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "With the URL before it, the name of the graph.",
}


def describe_api(base: str, version: str) -> Json:
    """Describe the interface.

    Args:
        base: The public URL of the server.
        version: That of the software.

    Returns:
        An OpenAPI document, as JSON.
    """
    return {
        "openapi": "3.2.0",
        "info": {
            "title": "Xingtu",
            "version": version,
        },
        "servers": [{"url": base}],
        "paths": {
            "/sparql": _sparql(),
            "/gsp": _graph_store(_parameters(OF_GRAPHS)),
            "/gsp/{path}": _graph_store([_IN_PATH]),
            "/health": {"get": _report("health", "The process is alive.", "status")},
            "/ready": {
                "get": _report("ready", "The engine answers.", "status", "version", "dataset")
            },
            "/metrics": {"get": _page("metrics", "Metrics for Prometheus.", "text/plain")},
            "/openapi.json": {"get": _page("describe", "This document.", "application/json")},
            **reconciliation.describe_paths(),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _PROBLEM},
            "responses": {
                "Problem": {
                    "description": "Why the request is not answered (RFC 9457).",
                    "content": {
                        "application/problem+json": {
                            "schema": {"$ref": "#/components/schemas/Problem"}
                        }
                    },
                }
            },
        },
    }


def _sparql() -> Json:
    content = _content(RESULT_FORMATS, GRAPH_FORMATS, (PAGE,))
    answer = {"description": "The answer.", "content": content}
    answers = {"200": answer, "304": {"description": "The client has the answer."}} | _problems()
    summary = "Answer a query (SPARQL 1.1 Protocol §2.1)."
    either = OF_QUERIES | OF_UPDATES
    asked = {"required": True, "content": {"application/sparql-query": {"schema": QUERY}}}
    return {
        "get": _operation(
            "getQuery", summary, answers, parameters=_parameters({"query": OPTIONAL} | OF_QUERIES)
        ),
        "query": _operation(
            "query", summary, answers, parameters=_parameters(OF_QUERIES), requestBody=asked
        ),
        "post": _operation(
            "post",
            "Answer a query, or do an update (§2.2), which needs the token.",
            answers | {"204": {"description": "The update is done."}},
            parameters=_parameters(either),
            requestBody=_posted({name: schema for name, (schema, _) in either.items()}),
            security=[{}, {"token": []}],
        ),
    }


def _posted(fields: Json) -> Json:
    form = {"type": "object", "properties": {"query": QUERY, "update": UPDATE} | fields}
    content = {
        "application/x-www-form-urlencoded": {"schema": form},
        "application/sparql-query": {"schema": QUERY},
        "application/sparql-update": {"schema": UPDATE},
    }
    return {"required": True, "content": content}


def _graph_store(parameters: list[Json]) -> Json:
    """Describe one form of the SPARQL 1.1 Graph Store HTTP Protocol."""
    kind = "Direct" if parameters[0]["in"] == "path" else ""
    body = {"content": _content(GRAPH_FORMATS) | {"multipart/form-data": {}}}
    created = {"201": {"description": "The graph is new."}}
    done = {"200": {"description": "Done."}, "204": {"description": "Done."}} | _problems()
    graph = {"description": "The graph.", "content": _content(GRAPH_FORMATS)}
    got = {"200": graph, "304": {"description": "The client has the graph."}} | _problems()
    writing: Json = {"security": [{"token": []}], "requestBody": body}
    return {
        "parameters": parameters,
        "get": _operation(f"get{kind}Graph", "Read a graph.", got),
        "put": _operation(f"put{kind}Graph", "Replace a graph.", done | created, **writing),
        "post": _operation(f"post{kind}Graph", "Add to a graph.", done | created, **writing),
        "delete": _operation(
            f"delete{kind}Graph", "Delete a graph.", done, security=[{"token": []}]
        ),
    }


def _operation(identifier: str, summary: str, responses: Json, **members: Any) -> Json:
    return {"operationId": identifier, "summary": summary, **members, "responses": responses}


def _page(identifier: str, text: str, media_type: str, schema: Json | None = None) -> Json:
    content = {media_type: {"schema": schema} if schema else {}}
    responses = {"200": {"description": text, "content": content}, "default": _PROBLEM_RESPONSE}
    return _operation(identifier, text, responses)


def _report(identifier: str, text: str, *names: str) -> Json:
    fields = {name: {"type": "string"} for name in names}
    schema = {"type": "object", "properties": fields, "required": list(names)}
    return _page(identifier, text, "application/json", schema)


def _parameters(table: Parameters) -> list[Json]:
    return [
        {"name": name, "in": "query", "schema": schema, "description": text}
        for name, (schema, text) in table.items()
    ]


def _content(*tables: Any) -> Json:
    return {row.media_type: {} for table in tables for row in table}


def _problems() -> Json:
    """List every status that the server can answer instead."""
    known = sorted({status.value for status in STATUSES.values()})
    return {str(status): _PROBLEM_RESPONSE for status in known}


_PROBLEM_RESPONSE: Final = {"$ref": "#/components/responses/Problem"}
_PROBLEM: Final[Json] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "line": {"type": "integer", "description": "Where the text is wrong, from 1."},
        "column": {"type": "integer", "description": "In Unicode code points, from 1."},
    },
}
