"""A server whose responses are cut off, endless, bombs, too long or good, depending on the first part of the path."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pydantic import SecretStr

from imagineart_desktop.fal import Hosts, Service, ServiceKind

BOMB = gzip.compress(bytes(8 * 2**20))
NESTED_BOMB = gzip.compress(gzip.compress(bytes(32 * 2**20)))
GOOD = json.dumps({"status": "COMPLETED", "images": [], "request_id": "r"}).encode()
BAD = ("cut", "endless", "bomb", "nested", "long", "huge-line", "odd-encoding", "hang-up", "not-http")
"""Kinds of responses that no call can use."""


@contextmanager
def hostile_server() -> Iterator[Service]:
    """Run the server in a thread of its own, as a service."""
    loop = asyncio.new_event_loop()
    started = threading.Event()
    ports: list[int] = []

    async def serve() -> None:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        started.set()
        async with server:
            await server.serve_forever()

    def work() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        for left in asyncio.all_tasks(loop):
            left.cancel()
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(left)
        loop.close()

    task = loop.create_task(serve())
    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    base = f"http://127.0.0.1:{ports[0]}"
    try:
        yield Service(ServiceKind.DEMO, Hosts(*(base,) * 5), SecretStr("id:secret"))
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.IncompleteReadError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            kind = head.split(b" ", 2)[1].split(b"/")[1].partition(b"?")[0].decode()
            streamed = b"/stream" in head.split(b"\r\n")[0]
            await _write(writer, kind, b"text/event-stream" if streamed else b"application/json")
            if kind != "good":
                break
    writer.close()


async def _write(writer: asyncio.StreamWriter, kind: str, content_type: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: " + content_type + b"\r\n"
    if kind == "good":
        body = b"data: " + GOOD + b"\n\n" if content_type.startswith(b"text") else GOOD
        writer.write(head + b"content-length: %d\r\n\r\n" % len(body) + body)
    elif kind == "cut":
        writer.write(head + b'content-length: 4000\r\n\r\n{"status": "IN_')
    elif kind in ("endless", "huge-line"):
        piece = b": " + b"." * 1_000 + b"\n" if kind == "endless" else b"." * 1_000
        writer.write(head + b"\r\n")
        while not writer.is_closing():
            writer.write(piece * 60)
            await writer.drain()
    elif kind in ("bomb", "nested"):
        body = BOMB if kind == "bomb" else NESTED_BOMB
        named = b"gzip" if kind == "bomb" else b"gzip, gzip"
        writer.write(head + b"content-encoding: %s\r\ncontent-length: %d\r\n\r\n" % (named, len(body)) + body)
    elif kind == "long":
        writer.write(head + b"content-length: 3000000\r\n\r\n" + bytes(3_000_000))
    elif kind == "odd-encoding":
        writer.write(head + b"content-encoding: br\r\ncontent-length: 4\r\n\r\n\x00\x01\x02\x03")
    elif kind == "not-http":
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    await writer.drain()
