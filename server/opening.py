"""What the settings mean: which engine, within which limits, and what answers over it."""

import asyncio
import os
from pathlib import Path
from typing import Any, Final

from xingtu.server.application import Application
from xingtu.server.engine.dataset import fingerprint
from xingtu.server.engine.pool import Pool, PoolOptions
from xingtu.server.engine.remote import RemoteEngine
from xingtu.server.engine.tasks import Answer, Engine, Limits, Task
from xingtu.server.http.caching import ResultCache
from xingtu.server.http.description import Abilities
from xingtu.server.http.policy import Policy
from xingtu.server.http.service import ServicePlan
from xingtu.server.operation.authority import Authority
from xingtu.server.operation.settings import PROCESSORS, Settings
from xingtu.server.remote.login import read_login
from xingtu.server.remote.store import store_at

MIB: Final = 1 << 20


async def open_engine(settings: Settings, base: str) -> Engine:
    """Open what the settings name: another store, a directory, files, or the packaged dataset."""
    limits = Limits(
        settings.max_timeout, settings.memory * MIB, settings.max_rows, settings.max_answer * MIB
    )
    if settings.store_url:
        store = store_at(settings.store_url, settings.store_kind, **read_login(os.environ))
        return RemoteEngine(store, limits)
    files = tuple(map(Path, settings.dataset))
    directory = settings.store_directory
    version = "" if directory else await asyncio.to_thread(fingerprint, files)
    service = ServicePlan(base, policy_of(settings), settings.trusted_proxies)
    options = PoolOptions(
        settings.workers, settings.long_queries, settings.queue, settings.lent, PROCESSORS, service
    )
    return await Pool.start(
        version, files=files, directory=directory, limits=limits, options=options
    )


def make_application(
    settings: Settings, engine: Engine, base: str, authority: Authority | None = None
) -> Application:
    """Make what answers requests, in the running loop.

    Args:
        settings: How to run.
        engine: Does the work.
        base: The public URL of the server.
        authority: Decides on writes; None refuses them all.
    """
    loop = asyncio.get_running_loop()

    def run(task: Task) -> Answer:
        return asyncio.run_coroutine_threadsafe(engine.run(task), loop).result()

    return Application(
        engine,
        base,
        authority=authority,
        policy=policy_of(settings),
        abilities=abilities_of(engine, settings),
        cache=ResultCache[Any](settings.cache * MIB),
        articles=settings.articles_folder,
        run=run,
        mcp=settings.mcp == "on",
        mcp_origins=settings.mcp_origins,
        responder=engine if isinstance(engine, Pool) else None,
    )


def policy_of(settings: Settings) -> Policy:
    """Gather what the endpoints allow."""
    return Policy(
        settings.services,
        settings.loads,
        settings.timeout,
        settings.max_timeout,
        settings.write_timeout,
    )


def abilities_of(engine: Engine, settings: Settings) -> Abilities:
    """Of a store elsewhere we promise the least."""
    federated = bool(settings.services)
    if isinstance(engine, RemoteEngine):
        return Abilities(federated=federated, empty_graphs=False, versions=("1.1",), functions=())
    return Abilities(federated=federated)
