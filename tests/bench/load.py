"""The load driver: wrk where it is installed, else (and for slow queries) threads here.

wrk runs for a time and forgets the requests under way at its end, so it runs for several times
what a request takes; where that would be too long, a few requests are sent and their end awaited.
"""

import json
import math
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Final
from urllib.parse import quote

from client import GIVE_UP_SECONDS, Client, Endpoint
from shapes import accept_for, stamped

SCRIPT: Final = Path(__file__).with_name("wrk.lua")
AFFORDABLE_SECONDS: Final = 3.0
WAVES: Final = 4  # how many requests each connection should see answered in a slice
CORES: Final = 2


@dataclass(frozen=True)
class Sample:
    """What one slice of load measured; times in seconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failed: int = 0  # answered, but not by 2xx
    broken: int = 0  # not answered

    @property
    def throughput(self) -> float:
        """Good answers a second."""
        return max(self.requests - self.failed, 0) / self.seconds


@dataclass(frozen=True)
class Load:
    """What to send: `distinct` texts are stamped with a new number in each request."""

    texts: tuple[str, ...]
    connections: int
    distinct: bool = True
    first: int = 0  # where in `texts` to begin


_slices = count()
_scratch = TemporaryDirectory(prefix="bench-")


def measure(endpoint: Endpoint, load: Load, seconds: float, one: float) -> Sample:
    """Load a server for about a time.

    Args:
        endpoint: The server.
        load: What to send.
        seconds: How long, if the queries are quick; longer if they are not.
        one: How long one request takes on an idle server.

    Returns:
        What was measured.
    """
    span = max(seconds, WAVES * one * load.connections / CORES)
    if span < AFFORDABLE_SECONDS and shutil.which("wrk"):
        sample = _run_wrk(endpoint, load, span)
        if sample.requests > load.connections:
            return sample
    return _run_clients(endpoint, load, math.ceil(min(span, AFFORDABLE_SECONDS) * CORES / one))


def _run_wrk(endpoint: Endpoint, load: Load, seconds: float) -> Sample:
    url = f"http://{endpoint.host}:{endpoint.port}/"
    mode = "distinct" if load.distinct else "repeated"
    arguments = [str(_lines(load.texts)), endpoint.path, new_stamp(), mode, str(load.first)]
    options = ["-t1", f"-c{load.connections}", "-d600s", f"--timeout={GIVE_UP_SECONDS:.0f}s"]
    command = ["wrk", *options, f"--script={SCRIPT}", url, "--", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as wrk:
        try:
            time.sleep(seconds)
            wrk.send_signal(signal.SIGINT)  # -d has no fractions; it reports within 0.1 s
            out, _ = wrk.communicate(timeout=GIVE_UP_SECONDS)
        finally:
            wrk.kill()
    if not out.endswith("}\n"):  # it could not connect
        return Sample(requests=0, seconds=seconds, p50=0, p99=0)
    return Sample(**json.loads(out.splitlines()[-1]))


@lru_cache(maxsize=64)
def _lines(texts: tuple[str, ...]) -> Path:
    with NamedTemporaryFile("w", dir=_scratch.name, delete=False) as file:
        file.writelines(f"{accept_for(text)}\t{quote(text, safe='')}\n" for text in texts)
    return Path(file.name)


def new_stamp() -> str:
    """Return the beginning of stamps that no earlier slice of this run has sent."""
    return f"{next(_slices)}x"


def _run_clients(endpoint: Endpoint, load: Load, requests: int) -> Sample:
    stamp, turns = new_stamp(), iter(range(requests))
    answers: list[tuple[float, int]] = []

    def work() -> None:
        client = Client(endpoint)
        for turn in turns:  # the iterator of a range is safe to share between threads
            text = load.texts[(load.first + turn) % len(load.texts)]
            answers.append(client.time(stamped(text, f"{stamp}{turn}" if load.distinct else "0")))
        client.close()

    threads = [threading.Thread(target=work) for _ in range(min(load.connections, requests))]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return summary(answers, time.perf_counter() - begin)


def summary(answers: Sequence[tuple[float, int]], seconds: float) -> Sample:
    """Sum up what `Client.time` returned over a time."""
    times = sorted(took for took, _ in answers)
    return Sample(
        requests=sum(status != 0 for _, status in answers),
        seconds=seconds,
        p50=times[len(times) // 2],
        p99=times[min(math.ceil(len(times) * 0.99), len(times)) - 1],
        failed=sum(status not in (0, 200) for _, status in answers),
        broken=sum(status == 0 for _, status in answers),
    )
