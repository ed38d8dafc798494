"""A TCP proxy that is as bad as a network can be: slow, silent, one-way, reset, cut off, forgetful.

It runs in a thread of its own with a loop of its own; its switches may be thrown from any thread.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass

_CHUNK = 65536
_RESET = struct.pack("ii", 1, 0)  #: SO_LINGER: close() sends RST


@dataclass
class Direction:
    """What happens to the bytes that go one way.

    Attributes:
        delay: seconds that each chunk waits.
        silent: nothing is passed on; it is kept, and follows when that is over.
        budget: bytes until the connection is reset; None = no limit.
    """

    delay: float = 0.0
    silent: bool = False
    budget: int | None = None


@dataclass
class Line:
    """One connection.

    Attributes:
        is_meant: its transaction is one whose answer is to be lost.
        is_doomed: whatever the server says next is lost, and the connection with it.
    """

    is_meant: bool = False
    is_doomed: bool = False

    def hear(self, chunk: bytes, forgets: bytes | None) -> None:
        """Take note of what the client says."""
        self.is_meant |= forgets is not None and forgets in chunk
        if b"COMMIT" in chunk:
            self.is_doomed, self.is_meant = self.is_meant, False


class Proxy:
    """Listens on 127.0.0.1 and passes everything on to `target`, as its directions say.

    Attributes:
        refuses: connections are not made.
        forgets: transactions that contain these bytes are committed, but nobody hears of it.
    """

    def __init__(self, target: int):
        self.target = target
        self.to_server, self.to_client = Direction(), Direction()
        self.refuses = False
        self.forgets: bytes | None = None
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._clients: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()
        self._ready.wait()

    def reset(self) -> None:
        """Reset every connection."""
        self._loop.call_soon_threadsafe(self._reset_all)

    def say(self, data: bytes) -> None:
        """Say something to every client, as if the server did."""
        self._loop.call_soon_threadsafe(self._say, data)

    def heal(self) -> None:
        """Be a good network again; what was kept follows."""
        self.to_server, self.to_client = Direction(), Direction()
        self.refuses, self.forgets = False, None

    def close(self) -> None:
        """End it with all its connections."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._open) // 2

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_CHUNK)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._reset_all()
        self._loop.run_until_complete(asyncio.sleep(0.05))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.refuses:
                raise ConnectionError
            behind, before = await asyncio.open_connection("127.0.0.1", self.target, limit=_CHUNK)
        except OSError:
            return _reset(writer)
        both, line = (writer, before), Line()
        self._open.update(both)
        self._clients.add(writer)
        try:
            passed = (
                self._loop.create_task(self._pass(reader, before, "to_server", line)),
                self._loop.create_task(self._pass(behind, writer, "to_client", line)),
            )
            await asyncio.wait(passed, return_when=asyncio.FIRST_COMPLETED)
            for one in passed:
                one.cancel()
        finally:
            self._open.difference_update(both)
            self._clients.discard(writer)
            for one in both:
                one.close()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str, line: Line
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                if way == "to_server":
                    line.hear(chunk, self.forgets)
                elif line.is_doomed:
                    _reset(writer)
                    return
                await asyncio.sleep(getattr(self, way).delay)
                while getattr(self, way).silent:  # noqa: ASYNC110 - thrown by another thread
                    await asyncio.sleep(0.02)
                part = self._within_budget(getattr(self, way), chunk)
                writer.write(part)
                await writer.drain()
                if part != chunk:
                    self._reset_all()
                    return

    def _within_budget(self, direction: Direction, chunk: bytes) -> bytes:
        if direction.budget is None:
            return chunk
        part = chunk[: direction.budget]
        direction.budget -= len(part)
        return part

    def _say(self, data: bytes) -> None:
        for writer in self._clients:
            writer.write(data)

    def _reset_all(self) -> None:
        for writer in list(self._open):
            _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
