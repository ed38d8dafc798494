"""Bells between hosts: what rings on one rings on all, through a fan-out exchange of the broker.

One process of each host does it, whoever holds `bridge.lock`. A ring that gets lost does no harm:
heartbeats look for what was missed.
"""

import contextlib
import fcntl
import logging
import os
import select
import threading
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.messaging import Consumer, Producer

from couture_scheduler.ipc import Bell, Ringer

log = logging.getLogger(__name__)
_KINDS = ("scheduler", "live", "agent")
_EXCHANGE = Exchange("couture.bells", type="fanout", durable=False, delivery_mode="transient")
_PAUSE = 1.0
_APART = {
    "scheduler": 0.02,
    "live": 0.1,
    "agent": 0.05,
}  #: least seconds between two rings of a kind


class Bridge:
    """Joins the bells in `bells` with those of the other hosts, until closed.

    Args:
        lock: a file of this host; while another process holds it, this one stands by.
        encrypted: see `encryption`.
    """

    def __init__(
        self, broker_url: str, bells: Path, lock: Path, encrypted: dict[str, Any] | None = None
    ):
        self._url = broker_url
        self._encrypted = encrypted
        self._bells = bells
        self._lock = lock
        self._name = uuid.uuid4().hex
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._stand_by, name="bridge", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._over.set()

    def _stand_by(self) -> None:
        fd = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            with ExitStack() as stack:
                ours = {kind: Bell(self._bells, kind) for kind in _KINDS}
                for bell in ours.values():
                    stack.callback(bell.close)
                while not self._over.is_set():
                    self._join(ours)
        finally:
            os.close(fd)

    def _join(self, ours: dict[str, Bell]) -> None:
        """Be connected until the broker goes away."""
        try:
            with self._connect() as connection:
                hears, tells = connection.channel(), connection.channel()
                mine = Queue(
                    f"couture.bells.{self._name}", _EXCHANGE, exclusive=True, durable=False
                )
                producer = Producer(tells, _EXCHANGE, serializer="json")
                with Consumer(hears, [mine], callbacks=[self._hearer(ours)], no_ack=True):
                    self._ring_all()  # what rang while we were away
                    self._serve(connection, hears, producer, ours)
        except Exception as error:  # noqa: BLE001 - a login that is refused today may be right soon
            log.info("Bells of other hosts are out of reach: %s", error)
            self._over.wait(_PAUSE)

    def _connect(self) -> Connection:
        ssl: Any = self._encrypted  # which kombu has as a bool, and takes as a dict too
        return Connection(self._url, ssl=ssl, connect_timeout=5, heartbeat=10)

    def _hearer(self, ours: dict[str, Bell]):  # noqa: ANN202
        ringer = Ringer(self._bells)

        def hear(body: dict[str, str], _message: object) -> None:
            kind = body.get("kind", "")
            if body.get("from") != self._name and kind in ours:
                ringer.ring(kind, but=ours[kind].path.name)

        return hear

    def _ring_all(self) -> None:
        ringer = Ringer(self._bells)
        for kind in _KINDS:
            ringer.ring(kind)
        ringer.close()

    def _serve(
        self, connection: Connection, hears: Any, producer: Producer, ours: dict[str, Bell]
    ) -> None:
        poll = select.poll()
        poll.register(hears.connection.sock, select.POLLIN)
        kinds = {bell.fileno(): kind for kind, bell in ours.items()}
        for fd in kinds:
            poll.register(fd, select.POLLIN)
        due: dict[str, float] = {}
        while not self._over.is_set():
            for fd, _ in poll.poll(_milliseconds(due)):
                if fd not in kinds:
                    _drain(connection)
                    continue
                ours[kinds[fd]].hush()
                poll.unregister(fd)  # until its next ring is due
                producer.publish({"kind": kinds[fd], "from": self._name})
                due[kinds[fd]] = time.monotonic() + _APART[kinds[fd]]
            for kind in [kind for kind, at in due.items() if at <= time.monotonic()]:
                del due[kind]
                poll.register(ours[kind], select.POLLIN)
            connection.heartbeat_check()


def _milliseconds(due: dict[str, float]) -> float:
    waits = [at - time.monotonic() for at in due.values()]
    return 1000 * max(0.0, min(waits, default=5.0))


def _drain(connection: Connection) -> None:
    """Take all that has come; TLS may hold more than the poll knows of.

    A heartbeat makes the socket readable and is no event: to wait for one would keep bells waiting.
    """
    with contextlib.suppress(TimeoutError):
        while True:
            connection.drain_events(timeout=0.001)
