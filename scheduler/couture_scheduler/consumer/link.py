"""Asks the agent of this host over its socket; one connection a thread."""

import contextlib
import itertools
import logging
import socket
import threading
import time
from pathlib import Path

from couture_scheduler import ipc

_PATIENCE = 10.0
_PAUSE = 0.2
log = logging.getLogger(__name__)


class AgentAway(Exception):
    """The agent is not there, or went away while it was asked."""


class AgentLink:
    """Asks, and waits for the answer.

    Args:
        path: the agent's socket.
    """

    def __init__(self, path: Path):
        self._path = path
        self._of_thread = threading.local()
        self._numbers = itertools.count()

    def wait_for_agent(self) -> None:
        """Return once the agent is there: what came before it would be lost until it is rung again."""
        while True:
            with contextlib.suppress(AgentAway):
                self._connect(time.monotonic() + _PATIENCE)
                return
            log.warning("The agent of this host has not begun yet; no message is taken before")

    def takes_orders(self, patience: float) -> bool:
        """Ask the agent whether it could claim something now.

        Raises:
            AgentAway: it does not answer within so many seconds.
        """
        sock = self._connect(time.monotonic(), timeout=patience)
        return self._ask(sock, {"op": "takes"})["takes"]

    def stop(self, token: str, *, if_running: bool) -> None:
        """Have an attempt ended; where it runs already only `if_running`.

        Raises:
            AgentAway: it does not answer.
        """
        question = {"op": "stop", "token": token, "if_running": if_running}
        self._ask(self._connect(time.monotonic()), question)

    def _ask(self, sock: socket.socket, question: ipc.Message) -> ipc.Message:
        try:
            ipc.send(sock, {**question, "id": next(self._numbers)})
            received = ipc.receive(sock)
        except OSError as error:
            self._hang_up()
            raise AgentAway(str(error)) from error
        if received is None:
            self._hang_up()
            raise AgentAway("it went away")
        return received[0]["report"]

    def _connect(self, until: float, timeout: float | None = None) -> socket.socket:
        sock = getattr(self._of_thread, "socket", None)
        while sock is None:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            sock.settimeout(timeout)
            try:
                with ipc.address(self._path) as place:
                    sock.connect(place)
            except OSError as error:
                sock.close()
                sock = None
                if time.monotonic() > until:
                    raise AgentAway(str(error)) from error
                time.sleep(_PAUSE)
        self._of_thread.socket = sock
        return sock

    def _hang_up(self) -> None:
        with contextlib.suppress(AttributeError):
            self._of_thread.socket.close()
            del self._of_thread.socket
