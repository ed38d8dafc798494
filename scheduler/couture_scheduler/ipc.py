"""Messages between our processes on one host, and doorbells.

A message is one JSON datagram on a SOCK_SEQPACKET unix socket, with file descriptors beside it;
what exceeds one datagram travels in a memfd. A doorbell is an empty datagram: lost, doubled or
forged ones do no harm, since the database alone says what there is to do.
Standard library only: zygotes import this.
"""

import array
import contextlib
import fcntl
import json
import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
LIMIT = 32_000  #: bytes in one datagram; the default socket buffer holds five such
LARGEST = 100_000_000  #: bytes in one message
MAX_FDS = 8
Message = dict[str, Any]


class MessageError(ValueError):
    """It is no message, or too large for one."""


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected message sockets, neither inherited by exec."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(sock: socket.socket, message: Message, fds: tuple[int, ...] = ()) -> None:
    """Send one message with descriptors.

    Raises:
        OSError: nobody is there to read it (BrokenPipeError, ConnectionResetError), or there is
            no room and the socket does not block (BlockingIOError).
        MessageError: it is too large.
    """
    data = json.dumps(message, separators=(",", ":")).encode()
    if len(data) > LARGEST:
        raise MessageError(f"{len(data):,} bytes are too much for a message ({LARGEST:,} allowed).")
    if len(data) <= LIMIT:
        _send(sock, b"J" + data, fds)
        return
    memfd = os.memfd_create("message")
    try:
        with open(memfd, "wb", closefd=False) as file:  # noqa: PTH123 - a descriptor, no path
            file.write(data)
        _send(sock, b"M", (memfd, *fds))
    finally:
        os.close(memfd)


def receive(sock: socket.socket, flags: int = 0) -> tuple[Message, list[int]] | None:
    """Receive one message and its descriptors; None at the end of the connection.

    Whatever arrives is text that every database takes: lone surrogates become question marks.

    Raises:
        BlockingIOError: nothing is there and the socket does not block.
        MessageError: something else than a message came; it is taken away.
    """
    space = socket.CMSG_SPACE(MAX_FDS * 4)
    try:
        data, ancillary, _, _ = sock.recvmsg(LIMIT + 1024, space, flags | socket.MSG_CMSG_CLOEXEC)
    except ConnectionResetError:
        return None
    fds = _descriptors(ancillary)
    try:
        return (_parse(data, fds), fds) if data else None
    except (ValueError, RecursionError, IndexError, OSError) as error:
        close_all(fds)
        raise MessageError(f"This is no message: {data[:40]!r} ({error})") from error


def take_all(sock: socket.socket, sender: str, take: Callable[[Message], None]) -> bool:
    """Hand everything that has come to `take`, without descriptors; say whether it was the end.

    What is no message is logged: author code may write to a socket that is not its own.

    Args:
        sock: one that does not block; `take` may close it.
    """
    while sock.fileno() >= 0:
        try:
            received = receive(sock)
        except BlockingIOError:
            return False
        except MessageError as error:
            log.warning("From %s: %s", sender, error)
            continue
        if received is None:
            return True
        close_all(received[1])
        take(received[0])
    return False


def close_all(fds: Iterable[int]) -> None:
    """Close descriptors that came with a message."""
    for fd in fds:
        os.close(fd)


def _parse(data: bytes, fds: list[int]) -> Message:
    if data[:1] == b"J":
        return _load(data[1:])
    if data != b"M":
        raise MessageError("it has no kind")
    memfd = fds.pop(0)
    try:
        fcntl.fcntl(memfd, fcntl.F_GET_SEALS)  # raises for what is not memory, and may block
        return _load(_read_memory(memfd))
    finally:
        os.close(memfd)


def _read_memory(memfd: int) -> bytes:
    """Read a memfd; its sender may cut it meanwhile, which must not be a fault in a mapping."""
    size = os.fstat(memfd).st_size
    if size > LARGEST:
        raise MessageError("it is too large")
    parts: list[bytes] = []
    while size > 0 and (part := os.pread(memfd, size, sum(map(len, parts)))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _load(data: bytes) -> Message:
    message = json.loads(data)
    if b"\\ud" in data:
        whole = json.dumps(message, ensure_ascii=False).encode(errors="replace")
        message = json.loads(whole)
    if not isinstance(message, dict):
        raise MessageError("it is no object")
    return message


def _send(sock: socket.socket, data: bytes, fds: tuple[int, ...]) -> None:
    ancillary = []
    if fds:
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
    sock.sendmsg([data], ancillary)


def _descriptors(ancillary: list[tuple[int, int, bytes]]) -> list[int]:
    fds = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    return list(fds)


@contextlib.contextmanager
def address(path: Path) -> Iterator[str]:
    """Give a name of `path` that a unix socket takes, however long the path is (107 bytes are)."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class Bell:
    """A doorbell that this process listens to: a datagram socket in `folder`.

    Args:
        folder: where all bells of one deployment hang.
        kind: who listens: "scheduler", "agent" or "live".
    """

    def __init__(self, folder: Path, kind: str):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / f"{kind}-{os.getpid()}-{os.urandom(2).hex()}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        with address(self.path) as place:
            self.socket.bind(place)

    def fileno(self) -> int:
        """Make the bell usable with select and asyncio readers."""
        return self.socket.fileno()

    def hush(self) -> None:
        """Take every ring that is there."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self.socket.recv(16)

    def close(self) -> None:
        """Take the bell down."""
        self.socket.close()
        self.path.unlink(missing_ok=True)


class Ringer:
    """Rings all bells of one kind in `folder`; takes down those whose owner is gone."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def ring(self, kind: str, but: str = "") -> int:
        """Ring every bell of `kind` and return how many heard it; a lost ring does no harm.

        Args:
            but: name of a bell that is left out.
        """
        try:
            folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return 0
        try:
            names = os.listdir(folder)  # noqa: PTH208 - hot path
            found = [name for name in names if name.startswith(f"{kind}-") and name != but]
            return sum(self._ring(folder, name) for name in found)
        except OSError:
            return 0
        finally:
            os.close(folder)

    def _ring(self, folder: int, name: str) -> bool:
        try:
            self._socket.sendto(b"!", f"/proc/self/fd/{folder}/{name}")
        except BlockingIOError:
            return True  # full of rings: it has been told
        except (ConnectionRefusedError, FileNotFoundError):
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=folder)  # noqa: PTH108 - hot path
            return False
        return True

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()
