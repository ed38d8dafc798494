"""Forget what is over and old: by command, or by the scheduler where `keep_days` says so.

Rows go in small transactions, files after the rows; what is interrupted goes on the next time.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from couture_scheduler.db.database import Database
from couture_scheduler.errors import Invalid
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.old_files import remove_folders, try_to_remove
from couture_scheduler.services.workflow import Workflow
from couture_scheduler.settings import Settings
from couture_scheduler.store import audit
from couture_scheduler.store.retention import ASKED_FOR_ONLY, KINDS, Kind
from couture_scheduler.worker.running import callback_log_path

log = logging.getLogger(__name__)

USUAL = tuple(name for name in KINDS if name not in ASKED_FOR_ONLY)
_ROWS, _RUNS = 200, 10  #: in one transaction
_PAUSE = 0.2  #: seconds that the scheduler's own cleaning leaves to others after each
_EVERY = 3600.0


def check_kinds(names: Sequence[str]) -> list[str]:
    """Return kinds in the order in which they are forgotten; none = all that need no asking for.

    Raises:
        Invalid: there is no such kind.
    """
    if unknown := set(names) - set(KINDS):
        raise Invalid(f"There is no table {min(unknown)!r} here; there are {', '.join(KINDS)}.")
    return [name for name in KINDS if name in (names or USUAL)]


def count_old(db: Database, before: datetime, names: Iterable[str]) -> dict[str, int]:
    """Return how many of each kind would be forgotten."""
    return {
        name: sum(len(rows) for rows in _pieces(db, KINDS[name], before, _size(name)))
        for name in names
    }


def clean(workflow: Workflow, actor: Actor, before: datetime, names: list[str]) -> dict[str, int]:
    """Forget what was over `before`, note it in the audit log, and return how many of each kind."""
    counts = forget_old(workflow.db, workflow.settings, before, names)
    with workflow.db.write() as tx:
        audit.add(
            tx,
            user=actor.user,
            source_ip=actor.source_ip,
            event="clean_database",
            allowed=True,
            extra={"before": before.isoformat(), "deleted": counts},
        )
    return counts


def forget_old(
    db: Database,
    settings: Settings,
    before: datetime,
    names: Iterable[str],
    go_on: Callable[[], bool] = lambda: True,
) -> dict[str, int]:
    """Forget what was over `before`, and return how many of each kind.

    Args:
        go_on: asked after each transaction.
    """
    counts: dict[str, int] = {}
    for name in names:
        kind, counts[name] = KINDS[name], 0
        for rows in _pieces(db, kind, before, _size(name)):
            counts[name] += _forget(db, settings, name, before, [row.id for row in rows])
            if not go_on():
                return counts
    return counts


def _size(name: str) -> int:
    return _RUNS if name == "dag_run" else _ROWS


def _pieces(db: Database, kind: Kind, before: datetime, size: int) -> Iterator[Sequence[Any]]:
    after: Any | None = None
    while True:
        with db.read() as tx:
            piece = kind.find(tx, before, after, size)
        if piece.rows:
            yield piece.rows
        if piece.after is None:
            return
        after = piece.after


def _forget(db: Database, settings: Settings, name: str, before: datetime, ids: list[Any]) -> int:
    kind = KINDS[name]
    with db.write() as tx:
        rows = kind.check(tx, before, ids)
        if rows:
            kind.forget(tx, [row.id for row in rows])
    for row in rows:
        if name == "dag_run":
            remove_folders(settings, row.dag_id, row.run_id)
        elif name == "callback":
            path = callback_log_path(settings.logs_path, row.dag_id, row.run_id, row.id)
            try_to_remove(path.unlink, missing_ok=True)
    return len(rows)


class Janitor:
    """The scheduler's own cleaning: a thread that looks every hour for what is too old."""

    def __init__(self, db: Database, settings: Settings):
        self._db = db
        self._settings = settings
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="janitor", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10.0)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self.clean_once()
            except Exception:
                log.exception(
                    "Deleting what is older than %s days failed", self._settings.keep_days
                )
            self._stop.wait(_EVERY)

    def clean_once(self) -> dict[str, int]:
        """Forget what is too old now, and return how many of each kind."""
        before = self._db.clock.now() - timedelta(days=self._settings.keep_days)
        counts = forget_old(
            self._db, self._settings, before, USUAL, lambda: not self._stop.wait(_PAUSE)
        )
        if any(counts.values()):
            log.info("Deleted what was over before %s: %s", before.isoformat(), counts)
        return counts
