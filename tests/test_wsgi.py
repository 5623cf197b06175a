"""Between Flask and our endpoints: what one says, the other hears."""

import asyncio

import flask
import pytest

from xingtu.server.http.message import Request
from xingtu.server.http.wsgi import endpoint_of


@pytest.mark.parametrize("path", ["/a", "/a?b", "/a#b", "/%3Cb%3E", "/%", "/天问", "/a//b", "/a;b"])
@pytest.mark.parametrize("query", [b"", b"q=%3F"])
def test_a_path_arrives_as_it_is(path: str, query: bytes) -> None:
    app = flask.Flask(__name__, static_folder=None, instance_path="/nowhere")
    app.url_map.merge_slashes = False

    @app.get("/<path:_rest>")
    def repeat(_rest: str) -> dict[str, str | None]:
        return {"path": flask.request.path, "q": flask.request.args.get("q")}

    request = Request("GET", path, query, {}, b"", "", "https://xingtu.example")
    response = asyncio.run(endpoint_of(app)(request))
    assert response.status == 200
    assert flask.json.loads(response.body) == {"path": path, "q": "?" if query else None}
