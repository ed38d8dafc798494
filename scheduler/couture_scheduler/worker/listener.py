"""The agent's socket, `run/agent.sock`: here the parser asks for imports, and Celery for attempts."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

from couture_scheduler import ipc

SOCKET = "agent.sock"
Reply = Callable[[ipc.Message], None]


class Listener:
    """Accepts clients of this user and hands on what they ask.

    Args:
        submit: called with each message and where to send what it is answered.
    """

    def __init__(self, folder: Path, submit: Callable[[ipc.Message, Reply], None]):
        self._submit = submit
        path = folder / SOCKET
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        with ipc.address(path) as place:
            self._socket.bind(place)
        path.chmod(0o600)
        self._socket.listen(128)
        asyncio.get_running_loop().add_reader(self._socket, self._accept)

    def close(self) -> None:
        """Accept nobody any more."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _accept(self) -> None:
        client, _ = self._socket.accept()
        client.setblocking(False)
        asyncio.get_running_loop().add_reader(client, self._read, client)

    def _read(self, client: socket.socket) -> None:
        """Take all that has come: a consumer asks for many attempts over one connection."""
        if ipc.take_all(client, "a client", partial(self._take, client)):
            self._hang_up(client)

    def _take(self, client: socket.socket, message: ipc.Message) -> None:
        def reply(report: ipc.Message) -> None:
            try:
                ipc.send(client, {"id": message["id"], "report": report})
            except (OSError, ipc.MessageError):  # it asks again
                self._hang_up(client)

        self._submit(message, reply)

    def _hang_up(self, client: socket.socket) -> None:
        if client.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(client)
            client.close()
