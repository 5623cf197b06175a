"""Between Flask, which speaks WSGI, and our endpoints, in both directions."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit

import flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from xingtu.server.http.answers import take_body
from xingtu.server.http.front import COMMON_HEADERS
from xingtu.server.http.message import Endpoint, Request, Response


def endpoint_of(app: flask.Flask) -> Endpoint:
    """Make an endpoint of a Flask application; it runs in threads, and answers whole."""

    async def answer(request: Request) -> Response:
        return await asyncio.to_thread(_call, app, request)

    return answer


def view_of(endpoint: Endpoint, base: str) -> Callable[..., flask.Response]:
    """Make a Flask view of an endpoint, for servers that speak WSGI and for Flask's test client.

    Args:
        endpoint: What answers.
        base: The public URL of the server.
    """

    def view(**_: str) -> flask.Response:
        asked = flask.request
        request = Request(
            asked.method,
            asked.path,
            asked.query_string,
            {name.lower(): value for name, value in asked.headers.items()},
            asked.get_data(),
            asked.remote_addr or "",
            base,
        )
        response = asyncio.run(endpoint(request))
        body = take_body(response.body)
        return flask.Response(body, response.status, response.headers)

    return view


def _call(app: flask.Flask, request: Request) -> Response:
    parts = urlsplit(request.base)
    environ = EnvironBuilder(
        path=request.path,
        query_string=request.query_string.decode("latin-1"),
        method=request.method,
        headers=[item for item in request.headers.items() if item[0] != "host"],
        input_stream=BytesIO(request.body),
        base_url=f"{parts.scheme}://{parts.netloc}{parts.path}/",
        environ_base={"REMOTE_ADDR": request.client},
    ).get_environ()
    chunks, status, headers = run_wsgi_app(app, environ, buffered=True)
    ours = {"content-length", *(name for name, _ in COMMON_HEADERS)}  # the front sets them
    kept = [(name, value) for name, value in headers if name.lower() not in ours]
    return Response(int(status.split()[0]), kept, b"".join(chunks))
