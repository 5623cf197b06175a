"""The web server: one dataset behind a SPARQL endpoint, a graph store and pages.

`create_app` makes the Flask application of all of it, for tests and servers that speak WSGI;
`xingtu serve` puts the endpoints before Flask (`http/front.py`) and the engine in processes of its
own (`engine/pool.py`). Flask and pyoxigraph are imported when an application is made, not before,
because `xingtu --help` imports this package.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from xingtu.server.engine.tasks import Engine


def create_app(engine: "Engine | None" = None, base: str = "http://localhost") -> "Flask":
    """Make the whole application.

    Args:
        engine: What answers; the packaged dataset, in this process and read-only, if None.
        base: The public URL of the server, without a slash at the end.

    Returns:
        A WSGI application. It has no deadlines, so keep it off the open internet: serve that with
        `xingtu serve`.

    Raises:
        MissingDataset: if there is no engine and the packaged dataset has not been built.
    """
    from xingtu.server.application import Application

    if engine is None:
        from xingtu.server.engine.dataset import open_store
        from xingtu.server.engine.local import LocalEngine

        engine = LocalEngine(open_store())
    return Application(engine, base).flask()
