"""Forget what is over and old: by command, or by the scheduler where settings or DAGs say so.

Rows go in small transactions, files after the rows; what is interrupted goes on the next time.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from couture_scheduler.clock import EPOCH
from couture_scheduler.db.database import Database
from couture_scheduler.errors import Invalid
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.keep import policies
from couture_scheduler.services.old_files import remove_folders, try_to_remove
from couture_scheduler.services.workflow import Workflow
from couture_scheduler.settings import Settings
from couture_scheduler.store import audit
from couture_scheduler.store.retention import ASKED_FOR_ONLY, KINDS, Kind, runs_of
from couture_scheduler.worker.running import callback_log_path

USUAL = tuple(name for name in KINDS if name not in ASKED_FOR_ONLY)
_ROWS, _RUNS = 200, 5  #: in one transaction


def check_kinds(names: Collection[str]) -> list[str]:
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
        counts[name] = 0
        for count in _forget_kind(db, settings, name, KINDS[name], before):
            counts[name] += count
            if not go_on():
                return counts
    return counts


def forget_by_policy(
    db: Database, settings: Settings, now: datetime, go_on: Callable[[], bool] = lambda: True
) -> int:
    """Forget the runs that each DAG, else the settings, say are too old or too many; return how many.

    Args:
        go_on: asked after each transaction.
    """
    found = 0
    for dag_id, policy in policies(db, settings).items():
        before = now - timedelta(days=policy.keep_days) if policy.keep_days else EPOCH
        kind = runs_of(dag_id, policy.keep_runs)
        for count in _forget_kind(db, settings, "dag_run", kind, before):
            found += count
            if not go_on():
                return found
    return found


def _forget_kind(
    db: Database, settings: Settings, name: str, kind: Kind, before: datetime
) -> Iterator[int]:
    """Yield after each transaction how many are gone now."""
    for rows in _pieces(db, kind, before, _size(name)):
        ids = [row.id for row in rows]
        while ids:
            with db.write() as tx:
                rows = kind.check(tx, before, ids)
                ids = [row.id for row in rows]
                is_done = not ids or kind.forget(tx, ids)
            if is_done:
                _remove_files(settings, name, rows)
                yield len(rows)
                break
            yield 0


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


def _remove_files(settings: Settings, name: str, rows: Iterable[Any]) -> None:
    for row in rows:
        if name == "dag_run":
            remove_folders(settings, row.dag_id, row.run_id)
        elif name == "callback":
            path = callback_log_path(settings.logs_path, row.dag_id, row.run_id, row.id)
            try_to_remove(path.unlink, missing_ok=True)
