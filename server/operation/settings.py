"""The settings of `xingtu serve`: the one list behind flags, environment, file and documents."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from xingtu.server.failure import Failure
from xingtu.server.operation.values import (
    Network,
    is_http,
    parse_base,
    parse_network,
    parse_seconds,
    parse_store,
    parse_target,
)

T = TypeVar("T")
PROCESSORS: Final = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
WIKIDATA: Final = (
    "https://query.wikidata.org/sparql",
    "https://query-main.wikidata.org/sparql",
    "https://query-scholarly.wikidata.org/sparql",
)


class InvalidSetting(Failure):
    """A setting that cannot be used, and where it comes from; exit status 2."""

    exit_code = 2


@dataclass(frozen=True)
class Kind:
    """A kind of value: how help shows it, how click reads it.

    `check` is then applied to each value; it gives the value to keep, or raises ValueError.
    """

    metavar: str
    read: Any
    check: Callable[[Any], object] | None = None


@dataclass(frozen=True)
class Described:
    """What is known of a setting beside its name and default.

    `shown` stands for a default that does not speak for itself.
    """

    help: str
    kind: Kind
    shown: str


NUMBER: Final = Kind("N", click.IntRange(min=1))
NUMBER_OR_NONE: Final = Kind("N", click.IntRange(min=0))
MIB: Final = Kind("MIB", click.IntRange(min=1))
MIB_OR_NONE: Final = Kind("MIB", click.IntRange(min=0))
SECONDS: Final = Kind("SECONDS", click.FloatRange(0.1, 86_400), parse_seconds)
SECONDS_OR_NONE: Final = Kind("SECONDS", click.FloatRange(0, 86_400), parse_seconds)
PORT: Final = Kind("N", click.IntRange(0, 65_535))
HOST: Final = Kind("HOST", click.STRING)
BASE: Final = Kind("URL", click.STRING, parse_base)
TARGET: Final = Kind("URL|none", click.STRING, parse_target)
STORE: Final = Kind("DIR|URL", click.STRING, parse_store)
NETWORK: Final = Kind("ADDRESS", click.STRING, parse_network)
FILE: Final = Kind("FILE", click.Path(exists=True, dir_okay=False))
FOLDER: Final = Kind("DIR", click.Path(exists=True, file_okay=False))
LOG: Final = Kind("FILE|-|off", click.STRING)


def _choice(*choices: str) -> Kind:
    return Kind("|".join(choices), click.Choice(choices))


def _set(default: T, text: str, kind: Kind, shown: str = "") -> T:
    described = Described(text, kind, shown)
    return field(default=default, metadata={"described": described})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a server runs. Sizes are in MiB, times in seconds.

    Raises:
        InvalidSetting: if two settings contradict each other.
    """

    dataset: tuple[str, ...] = _set((), "Serve these files from memory.", FILE, "our graph")
    store: str = _set("", "Serve this store, which may take writes.", STORE, "none")
    store_kind: str = _set(
        "sparql",
        "Which kind of store that URL is.",
        _choice("sparql", "oxigraph", "fuseki", "virtuoso"),
    )
    articles: str | None = _set(
        None, "Quote passages from the texts in this folder.", FOLDER, "no quotes"
    )
    host: str = _set("127.0.0.1", "Listen on this address.", HOST)
    port: int = _set(8000, "Listen on this port; 0: any free one.", PORT)
    public_url: str = _set(
        "", "Be known under this URL; Host is not trusted.", BASE, "http://host:port"
    )

    timeout: float = _set(30.0, "Stop a query after this time.", SECONDS)
    max_timeout: float = _set(
        0.0, "Let the parameter `timeout` ask for up to this.", SECONDS_OR_NONE, "as --timeout"
    )
    write_timeout: float = _set(300.0, "Stop a write after this time.", SECONDS)
    memory: int = _set(1024, "Give a query this much memory, beside the dataset.", MIB)
    max_rows: int = _set(1_000_000, "Refuse an answer of more rows or triples.", NUMBER)
    max_answer: int = _set(128, "Refuse a larger answer; counted before compression.", MIB)
    max_upload: int = _set(64, "Refuse a larger body of a request.", MIB)
    workers: int = _set(2 * PROCESSORS, "Processes for quick queries.", NUMBER, "two a processor")
    long_queries: int = _set(16, "Long queries that run at once, at low priority.", NUMBER)
    lent: int = _set(
        64 * PROCESSORS,
        "Connections of clients that ask much, served by workers; 0: none.",
        NUMBER_OR_NONE,
        "64 a processor",
    )
    queue: int = _set(64, "Requests that may wait; more get 503.", NUMBER_OR_NONE)
    cache: int = _set(64, "Keep answers in this much memory; 0: none.", MIB_OR_NONE)

    services: tuple[str, ...] = _set(
        WIKIDATA, "Let SERVICE reach this URL (repeatable).", TARGET, "those of Wikidata"
    )
    loads: tuple[str, ...] = _set((), "Let LOAD fetch this URL (repeatable).", TARGET, "none")
    token_file: str | None = _set(
        None, "Take writes with the token in this file, or in XINGTU_TOKEN.", FILE, "no writes"
    )
    rate: float = _set(
        0.0, "Work for a client in a minute this long at most; 0: no limit.", SECONDS_OR_NONE
    )
    trusted_proxies: tuple[Network, ...] = _set(
        (), "Believe X-Forwarded-For of this address (repeatable).", NETWORK, "none"
    )
    mcp: str = _set("on", "Answer language models at /mcp.", _choice("on", "off"))
    mcp_origins: tuple[str, ...] = _set(
        (), "Let pages of this site ask at /mcp (repeatable).", BASE, "our own only"
    )

    header_timeout: float = _set(10.0, "Wait for the head of a request.", SECONDS)
    body_timeout: float = _set(60.0, "Wait for the body of a request.", SECONDS)
    send_timeout: float = _set(30.0, "Wait for a client that takes nothing.", SECONDS)
    idle_timeout: float = _set(75.0, "Keep a connection between requests.", SECONDS)
    max_connections: int = _set(1000, "Connections at once.", NUMBER)
    max_client_connections: int = _set(100, "Connections at once from an address.", NUMBER)

    access_log: str = _set("off", "Log requests here; -: standard output.", LOG)
    metrics: str = _set(
        "on", "Show /metrics to all, to who has the token, to none.", _choice("on", "token", "off")
    )

    def __post_init__(self) -> None:
        for name in ("services", "loads"):
            targets = getattr(self, name)
            if "none" in targets and len(targets) > 1:
                raise InvalidSetting(f"--{name} names `none` beside URLs")
            if targets == ("none",):
                object.__setattr__(self, name, ())
        if self.max_timeout == 0:
            object.__setattr__(self, "max_timeout", self.timeout)
        if self.timeout > self.max_timeout:
            raise InvalidSetting(
                f"--timeout {self.timeout} is over --max-timeout {self.max_timeout}"
            )
        if self.dataset and self.store:
            raise InvalidSetting(
                "a DATASET is served from memory: load it into the --store instead"
            )

    @property
    def store_url(self) -> str | None:
        """The store, if it is reached over HTTP."""
        return self.store if is_http(self.store) else None

    @property
    def store_directory(self) -> Path | None:
        """The store, if it is a directory here."""
        return Path(self.store) if self.store and not self.store_url else None

    @property
    def articles_folder(self) -> Path | None:
        """The folder of the texts of the articles, if the operator has them."""
        return Path(self.articles) if self.articles else None

    def base(self, port: int) -> str:
        """Give the public URL, without a slash at the end.

        Args:
            port: The port listened on, which differs from `self.port` where that is 0.
        """
        host = {"0.0.0.0": "localhost", "::": "localhost"}.get(self.host, self.host)
        shown = f"[{host}]" if ":" in host else host
        return self.public_url or f"http://{shown}:{port}"


def describe_settings() -> "dict[str, tuple[Any, Described]]":
    """List the settings by name, in the order of their documentation.

    Returns:
        Each one's default, and what else is known of it.
    """
    return {each.name: (each.default, each.metadata["described"]) for each in fields(Settings)}
