"""What the messages of this host do: the agent runs an attempt for each, and says when it is over.

All are asked for over one connection, in the thread of Celery's event loop: a thread for each cost
half of this process's CPU.
"""

import itertools
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from couture_scheduler import ipc

AGENT_AWAY = "agent away"  #: instead of the state in which an attempt ended
_PATIENCE = 10.0  #: seconds in which an agent that is away is waited for
_PAUSE = 0.2
_FULL = 0.02  #: seconds until a socket that had no room is tried again


class Order(NamedTuple):
    """An attempt by its token, and the queue of Celery that its message came from."""

    token: str
    queue: str


class _Body(NamedTuple):
    order: Order
    since: float  #: on the monotonic clock: when it began, or the agent went away
    on_over: Callable[[str], None]


class Bodies:
    """Attempts that the agent runs for us, each from `begin` to its `on_over`.

    An agent that ends meanwhile is asked again when it is back: it may not have claimed them yet.

    Args:
        path: the agent's socket.
    """

    def __init__(self, path: Path):
        self._path = path
        self._running: dict[int, _Body] = {}
        self._unsent: dict[int, None] = {}  #: in the order in which they began
        self._numbers = itertools.count()
        self._socket: socket.socket | None = None
        self._loop: Any = None
        self._sends_later = False

    @property
    def orders(self) -> list[Order]:
        """Those that are not over; any thread may ask."""
        return [body.order for body in list(self._running.values())]

    def register(self, loop: Any) -> None:
        """Be served by an event loop as kombu has it; it forgets its readers with each connection."""
        self._loop = loop
        self._sends_later = False
        if self._socket is not None:
            loop.add_reader(self._socket.fileno(), self._on_readable)
        self._send()

    def begin(self, order: Order, on_over: Callable[[str], None]) -> None:
        """Have an attempt run; `on_over` is called with how it ended, or why it did not run."""
        number = next(self._numbers)
        self._running[number] = _Body(order, time.monotonic(), on_over)
        self._unsent[number] = None
        if not self._sends_later:
            self._send()

    def drain(self) -> None:
        """Wait until all are over; the event loop has ended."""
        self._loop = None
        while self._running:
            self._send()
            if self._socket is None:
                time.sleep(_PAUSE)
            elif select.select([self._socket], [], [], _PAUSE)[0]:
                self._on_readable()

    def _send(self) -> None:
        """Ask for all that the agent was not asked for, as far as it takes them."""
        try:
            while self._unsent:
                sock = self._socket or self._connect()
                number = next(iter(self._unsent))
                token = self._running[number].order.token
                ipc.send(sock, {"op": "run", "token": token, "id": number})
                del self._unsent[number]
        except BlockingIOError:
            self._send_later(_FULL)
        except OSError:
            self._hang_up()

    def _connect(self) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        try:
            with ipc.address(self._path) as place:
                sock.connect(place)
        except OSError as error:  # where its queue is full, BlockingIOError
            sock.close()
            raise ConnectionError(f"The agent is away: {error}") from error
        self._socket = sock
        if self._loop is not None:
            self._loop.add_reader(sock.fileno(), self._on_readable)
        return sock

    def _on_readable(self) -> None:
        assert self._socket is not None
        if ipc.take_all(self._socket, "the agent", self._on_answer):
            self._hang_up()

    def _on_answer(self, message: ipc.Message) -> None:
        if message["id"] in self._running:
            self._end(message["id"], message["report"]["state"])

    def _end(self, number: int, state: str) -> None:
        self._unsent.pop(number, None)
        self._running.pop(number).on_over(state)

    def _hang_up(self) -> None:
        """Ask again soon for all that is not over, but for what has waited for the agent too long."""
        now = time.monotonic()
        if self._socket is not None:
            if self._loop is not None:
                self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
            for number in self._running.keys() - self._unsent.keys():
                self._running[number] = self._running[number]._replace(since=now)
            self._unsent = dict.fromkeys(self._running)
        for number, body in list(self._running.items()):
            if now - body.since > _PATIENCE:
                self._end(number, AGENT_AWAY)
        if self._unsent:
            self._send_later(_PAUSE)

    def _send_later(self, seconds: float) -> None:
        if self._loop is not None and not self._sends_later:
            self._sends_later = True
            self._loop.call_later(seconds, self._send_again)

    def _send_again(self) -> None:
        self._sends_later = False
        self._send()
