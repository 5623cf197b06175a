"""The server as a whole: engine, endpoints and pages, and HTTP around them."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

import uvicorn

from xingtu.server.durable.backups import serve_backups
from xingtu.server.engine.dataset import fingerprint
from xingtu.server.engine.pool import Pool
from xingtu.server.engine.tasks import Engine
from xingtu.server.errors import MalformedData, MissingDataset
from xingtu.server.http.caching import ResultCache
from xingtu.server.http.direct import DirectProtocol
from xingtu.server.http.front import Allowance, Front, Observer
from xingtu.server.http.wsgi import endpoint_of
from xingtu.server.opening import MIB, make_application, open_engine
from xingtu.server.operation.access_log import AccessLog
from xingtu.server.operation.addresses import client_of
from xingtu.server.operation.authority import Authority, read_token
from xingtu.server.operation.guard import Guard, give_up_on_silence
from xingtu.server.operation.metrics import Metrics, Stats
from xingtu.server.operation.rates import Rates
from xingtu.server.operation.settings import Settings


async def serve(settings: Settings, listener: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve until a signal ends it: SIGTERM or SIGINT, after the requests under way are answered.

    SIGHUP loads the files of the dataset anew.

    Args:
        settings: How to run.
        listener: A listening socket.
        ready: Is called with the public URL when requests are taken.

    Raises:
        Failure, MissingDataset, MalformedData, StoreUnusable, OSError: if it cannot start.
    """
    base = settings.base(listener.getsockname()[1])
    authority = Authority(read_token(settings.token_file, os.environ), base)
    engine = await open_engine(settings, base)
    try:
        guard = Guard(
            settings.header_timeout,
            settings.max_connections,
            settings.max_client_connections,
            settings.trusted_proxies,
        )
        front = _make_front(settings, engine, authority, guard, base)
        give_up_on_silence(listener, settings.send_timeout)
        _reload_on_hangup(engine, settings)
        async with _backups(engine, settings):
            ready(base)
            await _make_server(front, guard, settings).serve([listener])
    finally:
        await engine.close()


def _make_front(
    settings: Settings, engine: Engine, authority: Authority, guard: Guard, base: str
) -> Front:
    application = make_application(settings, engine, base, authority)
    metrics = Metrics(partial(read_stats, engine, guard, application.cache))
    observers: list[Observer] = [metrics.observe]
    if settings.access_log != "off":
        observers.append(AccessLog(settings.access_log).observe)
    rates = Rates(settings.rate)
    return Front(
        application.endpoints,
        endpoint_of(application.flask(metrics, settings.metrics)),
        base,
        allowance=Allowance(
            settings.max_upload * MIB, settings.body_timeout, settings.send_timeout
        ),
        client_of=client_of(settings.trusted_proxies),
        gates=[lambda request: rates.admit(request.client)],
        charge=rates.charge,
        observers=observers,
        recalls=application.recalls,
        lender=engine if isinstance(engine, Pool) and not settings.rate else None,
    )


def read_stats(engine: Engine, guard: Guard, cache: ResultCache[Any]) -> Stats:
    """Read how the server fares."""
    ours = engine if isinstance(engine, Pool) else None
    return Stats(
        dataset=engine.version,
        connections=guard.open.total(),
        refused_connections=guard.refused,
        cache_hits=cache.hits,
        cache_misses=cache.misses,
        cache_bytes=cache.size,
        quads=ours.quads if ours else None,
        **(ours.stats() if ours else {}),
    )


def _make_server(front: Front, guard: Guard, settings: Settings) -> uvicorn.Server:
    config = uvicorn.Config(
        front,
        http=cast(Any, partial(DirectProtocol, guard=guard, front=front)),  # uvicorn only calls it
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=int(settings.idle_timeout),
        timeout_graceful_shutdown=int(settings.max_timeout) + 1,
    )
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # not a line for each bad request
    return uvicorn.Server(config)


@asynccontextmanager
async def _backups(engine: Engine, settings: Settings) -> AsyncIterator[None]:
    """Answer `xingtu backup`, which cannot open a store that is being served."""
    if settings.store_directory is None or not isinstance(engine, Pool):
        yield
        return
    answering = await serve_backups(settings.store_directory, engine.backup)
    try:
        yield
    finally:
        answering.close()


def _reload_on_hangup(engine: Engine, settings: Settings) -> None:
    if not isinstance(engine, Pool) or engine.writable:
        return
    tasks: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = loop.create_task(_reload(engine, tuple(map(Path, settings.dataset))))
        tasks.add(task)  # the loop itself keeps no reference
        task.add_done_callback(tasks.discard)

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, reload)


async def _reload(engine: Pool, files: tuple[Path, ...]) -> None:
    try:
        await engine.reload(await asyncio.to_thread(fingerprint, files))
    except (MissingDataset, MalformedData, OSError) as error:
        logging.getLogger("xingtu").error("the dataset stays as it is: %s", error)
