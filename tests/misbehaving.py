"""A real web server on this machine that misbehaves on purpose."""

import asyncio
import contextlib
import dataclasses
import gzip
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Self


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    at: float  # monotonic clock
    connection: int


Behaviour = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]
PARAGRAPH = "<p>Attention lets every word of a sentence look at every other word of it.</p>"
ARTICLE = f"<!doctype html><html><head><title>On heads</title></head><body>{PARAGRAPH * 5}</body></html>".encode()


def head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


def reply(body: bytes = ARTICLE, status: int = 200, **headers: str) -> Behaviour:
    """Answer properly. Header names are given with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body))} | named

    async def behave(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, named) + body)
        await writer.drain()

    return behave


def redirect(location: str, status: int = 302) -> Behaviour:
    return reply(b"", status, location=location)


def one_after_another(*behaviours: Behaviour) -> Behaviour:
    """Behave in one way after another, the last one from then on."""
    left = list(behaviours)

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(asked, writer)

    return behave


def unless_cached(etag: str) -> Behaviour:
    """Answer 304 to who has this ETag."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        known = asked.headers.get("if-none-match") == etag
        await (reply(b"", 304, etag=etag) if known else reply(etag=etag))(asked, writer)

    return behave


async def hang(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Say nothing."""
    await asyncio.sleep(3600)


async def drip(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Send a byte now and then, for ever: no read timeout ever fires."""
    writer.write(head(200, {"content-type": "text/html"}))
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.02)


async def endless(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Send a page without end, as fast as it goes."""
    writer.write(head(200, {"content-type": "text/html"}) + b"<html><body>")
    while True:
        writer.write(PARAGRAPH.encode() * 1000)
        await writer.drain()


async def reset(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Drop the connection without a word."""
    writer.transport.abort()


async def truncated(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Promise more than comes."""
    writer.write(head(200, {"content-type": "text/html", "content-length": str(len(ARTICLE) + 100)}) + ARTICLE)
    await writer.drain()
    writer.close()


async def garbage(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Speak no HTTP."""
    writer.write(b"\x00\x01\x02 220 mail.example ESMTP\r\n\r\n")
    await writer.drain()
    writer.close()


def bomb(megabytes: int) -> Behaviour:
    """Send some kilobytes that unpack to so many megabytes."""
    return reply(gzip.compress(b"<html>" + bytes(megabytes * 2**20)), content_encoding="gzip")


async def liar(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Call plain text gzip, unless asked for no encoding at all."""
    plain = asked.headers.get("accept-encoding") == "identity"
    await (reply() if plain else reply(content_encoding="gzip"))(asked, writer)


class Server:
    """Serves `behaviours` by path, 404 elsewhere, and remembers what was asked."""

    def __init__(self) -> None:
        self.behaviours: dict[str, Behaviour] = {}
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._at_once = 0
        self._connections = 0
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self._thread = threading.Thread(target=self._loop.run_forever, name="misbehaving")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """Return what was asked, in order, without robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    async def _stop(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        connection = self._connections
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
                asked = Asked(lines[0].split(" ")[1], headers, time.monotonic(), connection)
                self.asked.append(asked)
                with self._counted():
                    await self.behaviours.get(asked.path, reply(b"nothing here", 404))(asked, writer)
                if writer.is_closing():
                    break
        writer.close()
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await writer.wait_closed()

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            self._at_once -= 1
