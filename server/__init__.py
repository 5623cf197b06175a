"""The web server: one read-only store behind a SPARQL endpoint and a home page.

Flask and pyoxigraph are imported when an application is made, not before, because
`xingtu --help` imports this package.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask, Response
    from pyoxigraph import Store


def create_app(store: "Store | None" = None) -> "Flask":
    """Make the application.

    Args:
        store: The store to serve; the packaged dataset if None.

    Returns:
        A WSGI application.

    Raises:
        MissingDataset: if there is no store and the packaged dataset has not been built.
    """
    from flask import Flask, render_template

    from xingtu.server import problems, sparql
    from xingtu.server.store import open_store

    # Unused, but Flask's own search for it fails in an editable install of a namespace package.
    app = Flask(__name__, instance_path=str(Path(__file__).parent))
    app.config["STORE"] = open_store() if store is None else store
    app.config["MAX_CONTENT_LENGTH"] = 256 * 1024
    app.register_blueprint(sparql.blueprint)
    app.add_url_rule("/", "home", lambda: render_template("home.html"))
    app.after_request(_set_common_headers)
    problems.register_problems(app)
    return app


def _set_common_headers(response: "Response") -> "Response":
    """Open the data to scripts of any site, never with credentials; close our pages to others'."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "*"
    response.headers["Content-Security-Policy"] = "default-src 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
