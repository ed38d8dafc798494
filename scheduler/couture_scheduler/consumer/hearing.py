"""Notices that this host has gone deaf: connected, yet no message arrives (celery#8030).

It writes to itself through the broker. When the broker took several messages and none came, the
process ends; it is started again, and what the agent runs goes on meanwhile.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from celery import Celery, Task

from couture_scheduler.consumer.pool import SlotPool
from couture_scheduler.executors.celery_app import PING, ping_queue

log = logging.getLogger(__name__)
_EVERY = 15.0
_DEAF_AFTER = 4  #: messages that the broker took
_EXIT_CODE = 75


class Ping(Task):
    """A message of this host to itself; it is over when it arrives."""

    name = PING
    ignore_result = True
    hearing: "Hearing"

    @staticmethod
    def Strategy(task: "Ping", _app: Celery, consumer: Any, **_: Any) -> Callable[..., None]:  # noqa: N802
        """Return what Celery calls with each message."""
        task.hearing.pool = consumer.pool

        def on_message(
            _message: Any, _body: Any, ack: Any, _reject: Any, _callbacks: Any, **_: Any
        ) -> None:
            ack(log, consumer.connection_errors)
            task.hearing.heard()

        return on_message


class Hearing:
    """Sends pings, and ends the process when none of them arrives.

    Args:
        every: seconds between two.
        on_deaf: default: end this process.
    """

    def __init__(
        self,
        app: Celery,
        host: str,
        every: float = _EVERY,
        on_deaf: Callable[[], None] = lambda: os._exit(_EXIT_CODE),
    ):
        self._app = app
        self._queue = ping_queue(host)
        self._every = every
        self._on_deaf = on_deaf
        self._unheard = 0
        self.pool: SlotPool | None = None
        task = Ping()
        task.hearing = self
        app.register_task(task)
        self._thread = threading.Thread(target=self._watch, name="hearing", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def heard(self) -> None:
        """Note that a message has arrived."""
        self._unheard = 0

    def _watch(self) -> None:
        while True:
            time.sleep(self._every)
            self.look()

    def look(self) -> None:
        """Send the next ping, where messages are to come in at all."""
        if self.pool is None or not self.pool.hears:
            self._unheard = 0
            return
        if self._unheard >= _DEAF_AFTER:
            log.error("The broker took %d messages and none came: starting anew", self._unheard)
            self._on_deaf()
            return
        try:
            self._app.send_task(PING, queue=self._queue, expiration=self._every * 2, retry=False)
            self._unheard += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the broker has not taken it
            log.debug("No ping: %s", error)
