"""What tests of a running server see of it from outside."""

import http.client
import re
import time
from collections.abc import Callable


def metric(server: tuple[object, ...], name: str) -> float:
    """Read a metric of the server whose host and port these are."""
    connection = http.client.HTTPConnection(*server[:2], timeout=20)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return float(re.search(rf"^xingtu_{name} (\S+)$", text, re.MULTILINE).group(1))


def eventually(condition: Callable[[], bool]) -> bool:
    """Wait for a condition that other processes bring about."""
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
