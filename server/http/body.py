"""Receiving the body of a request within its limits, and sending that of a response."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final

from xingtu.server.errors import BodyTooLarge, InvalidRequest, SlowBody

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_CHUNK: Final = 256 * 1024


async def receive_body(receive: Receive, declared: str, limit: int, seconds: float) -> bytes:
    """Receive a whole body.

    Args:
        receive: Of the ASGI application.
        declared: The Content-Length, "" if there is none.
        limit: The bytes it may have.
        seconds: The time it may take.

    Raises:
        BodyTooLarge: if it is larger, or says it will be.
        SlowBody: if it has not arrived in time.
        InvalidRequest: if the client left in its midst.
    """
    if declared.isdecimal() and int(declared) > limit:
        raise BodyTooLarge(f"the body has {declared} bytes, of {limit} allowed")
    chunks, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in _chunks(receive):
                size += len(chunk)
                if size > limit:
                    raise BodyTooLarge(f"the body has more than the {limit} bytes allowed")
                chunks.append(chunk)
    except TimeoutError as error:
        raise SlowBody(f"the body did not arrive in {seconds:g} seconds") from error
    return b"".join(chunks)


async def send_body(send: Send, body: bytes | Path, seconds: float) -> None:
    """Send a body; a file is deleted.

    Raises:
        TimeoutError: if the client takes nothing for that many seconds.
    """
    if isinstance(body, bytes):
        await send({"type": "http.response.body", "body": body})
        return
    with body.open("rb") as stream:
        body.unlink()
        while chunk := stream.read(_CHUNK):
            async with asyncio.timeout(seconds):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise InvalidRequest("the client left before its request was whole")
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return
