"""What the settings mean for the engine: which one, within which limits, with what policy."""

import asyncio
import os
from pathlib import Path
from typing import Final

from xingtu.server.engine.dataset import fingerprint
from xingtu.server.engine.pool import Pool, PoolOptions
from xingtu.server.engine.remote import RemoteEngine
from xingtu.server.engine.tasks import Engine, Limits
from xingtu.server.http.description import Abilities
from xingtu.server.http.policy import Policy
from xingtu.server.http.service import ServicePlan
from xingtu.server.operation.settings import Settings
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
    service = ServicePlan(
        base, policy_of(settings), settings.trusted_proxies, settings.send_timeout
    )
    options = PoolOptions(
        settings.workers, settings.long_queries, settings.queue, settings.lent, service
    )
    return await Pool.start(
        version, files=files, directory=directory, limits=limits, options=options
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
