"""Between Flask, which speaks WSGI, and our endpoints, in both directions."""

import asyncio
import re
from collections.abc import Callable
from io import BytesIO
from typing import Final
from urllib.parse import urlsplit

import flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from xingtu.server.engine.coding import choose_coding, compress
from xingtu.server.http.answers import take_body
from xingtu.server.http.message import Endpoint, Request, Response

_COMPRESSIBLE: Final = re.compile(r"text/|application/(.+[+])?(json|xml)|image/svg")


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
        query_string=request.query_string.decode("latin-1"),
        method="GET" if request.method == "HEAD" else request.method,  # the front drops the body
        headers=[item for item in request.headers.items() if item[0] != "host"],
        input_stream=BytesIO(request.body),
        base_url=f"{parts.scheme}://{parts.netloc}{parts.path}/",
        environ_base={"REMOTE_ADDR": request.client},
        # Decoded already: as `path` it would be decoded, and split at "?", once more.
        environ_overrides={"PATH_INFO": request.path.encode().decode("latin-1")},
    ).get_environ()
    chunks, status, headers = run_wsgi_app(app, environ, buffered=True)
    ours = {"content-length", "date"}  # HTTP's, which the front and uvicorn set
    kept = [(name, value) for name, value in headers if name.lower() not in ours]
    return _compress(Response(int(status.split()[0]), kept, b"".join(chunks)), request)


def _compress(response: Response, request: Request) -> Response:
    """Compress text, by the coding the client takes."""
    described = {name.lower(): value for name, value in response.headers}
    bare = "content-encoding" not in described
    if not bare or _COMPRESSIBLE.match(described.get("content-type", "")) is None:
        return response
    wanted = choose_coding(request.headers.get("accept-encoding", ""))
    coding, response.body = compress(response.body, wanted)
    if coding is not None:
        response.headers.append(("Content-Encoding", coding))
    vary = described.pop("vary", "")
    response.headers = [item for item in response.headers if item[0].lower() != "vary"]
    response.headers.append(("Vary", f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"))
    if coding is not None and "etag" in described:  # the tag of another representation
        tag = described["etag"]
        response.headers = [item for item in response.headers if item[0].lower() != "etag"]
        response.headers.append(("ETag", tag if tag.startswith("W/") else f"W/{tag}"))
    return response
