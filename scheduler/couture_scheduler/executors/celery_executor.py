"""The Celery executor: one message an attempt, published after the commit and never waited for."""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError

from couture_scheduler.db.database import Database
from couture_scheduler.executors.celery_app import DEFAULT_QUEUE, make_app
from couture_scheduler.executors.doorbells import Doorbells
from couture_scheduler.ipc import Ringer
from couture_scheduler.rules import queues
from couture_scheduler.settings import Settings
from couture_scheduler.store import hosts

log = logging.getLogger(__name__)
_KEPT = 10_000
_AT_ONCE = 100
_FRESH = 5.0


class CeleryExecutor:
    """Publishes in a thread of its own: a broker that is away or blocks must not stop decisions.

    A message that could not be published is dropped; its attempt is rung again while it is queued.

    Tasks of queues that no host names go to the hosts that name none.
    """

    name = "celery"
    has_hosts = True

    def __init__(self, settings: Settings, db: Database, ringer: Ringer):
        self._app = make_app(settings)
        self._db = db
        self._ringer = ringer
        self._named: frozenset[str] = frozenset()
        self._named_until = 0.0
        self._doorbells = Doorbells(self._app, settings.ring_again_seconds)
        self._waiting: queue.Queue[tuple[str, str] | None] = queue.Queue(_KEPT)
        self._is_away = False
        self._thread = threading.Thread(target=self._publish_all, name="publisher", daemon=True)
        self._thread.start()

    def ring(self, queued: Mapping[str, str]) -> None:
        """Have these attempts claimed; given are their queues by their tokens."""
        try:
            for order in queued.items():
                self._waiting.put_nowait(order)
        except queue.Full:
            log.warning("The broker is slow: %d messages wait, others are rung later", _KEPT)

    def ask(self) -> None:
        """Have the agents look for callbacks, and for attempts that people want to end."""
        self._ringer.ring("agent")

    def tell_watchers(self) -> None:
        """Tell the live connections that something changed."""
        self._ringer.ring("live")

    def close(self) -> None:
        """End the thread; what was not published is rung again by whoever schedules next."""
        self._waiting.put(None)
        self._thread.join(timeout=1)

    def _publish_all(self) -> None:
        while (batch := self._next_batch()) is not None:
            try:
                self._doorbells.publish([(token, self._queue_of(name)) for token, name in batch])
                self._note(None)
            except Exception as error:  # noqa: BLE001 - whatever it is, they are rung again
                self._note(error)
        self._doorbells.close()

    def _next_batch(self) -> list[tuple[str, str]] | None:
        """Wait for a message, and return it with those that wait behind it; None = it is over."""
        batch = []
        order = self._waiting.get()
        while order is not None:
            batch.append(order)
            if len(batch) == _AT_ONCE:
                return batch
            try:
                order = self._waiting.get_nowait()
            except queue.Empty:
                return batch
        return None

    def _queue_of(self, name: str) -> str:
        return name if name in self._named_queues() else DEFAULT_QUEUE

    def _named_queues(self) -> frozenset[str]:
        """Return the queues that hosts name which are there, as of a few seconds ago."""
        if time.monotonic() > self._named_until:
            self._named_until = time.monotonic() + _FRESH
            with contextlib.suppress(DBAPIError), self._db.read() as tx:  # else as it was
                self._named = queues.named(hosts.list_queues(tx))
        return self._named

    def _note(self, error: Exception | None) -> None:
        """Say once that the broker is away, and once that it is back."""
        if error is not None and not self._is_away:
            log.warning("The broker is away (%s); what is queued waits for it", error)
        elif error is None and self._is_away:
            log.info("The broker is back")
        self._is_away = error is not None
