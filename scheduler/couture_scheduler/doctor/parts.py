"""Schedulers, worker hosts, and what waits for them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.doctor.finding import Finding
from couture_scheduler.rules.queues import is_served
from couture_scheduler.services.hosts import is_present
from couture_scheduler.services.jobs import SCHEDULER, is_alive
from couture_scheduler.settings import Settings
from couture_scheduler.store import hosts, metrics, summaries

_FORGOTTEN = timedelta(days=1)  #: a host that is silent for longer is gone for good
_START = "Start everything with couture start, or "


def look_at_parts(tx: Tx, settings: Settings) -> Iterator[Finding]:
    """Look at who should be there."""
    yield Finding("Scheduler", _scheduler(tx, settings))
    yield from _hosts(tx)
    yield from _queues(tx)
    yield Finding("DAG files", _import_errors(tx))


def _scheduler(tx: Tx, settings: Settings) -> str | None:
    row = summaries.find_last_job(tx, SCHEDULER)
    if is_alive(row, tx.now, settings):
        return None
    start = f"{_START}one here with: couture scheduler"
    if row is None:
        return f"None has ever run on this database. {start}"
    if row.state != "running":
        return f"None runs; that on {row.hostname} ended {_when(row.end_date)}. {start}"
    return (
        f"None runs; that on {row.hostname} has shown no sign of life since "
        f"{_when(row.latest_heartbeat)}. See its log. {start}"
    )


def _hosts(tx: Tx) -> Iterator[Finding]:
    rows = metrics.list_hosts(tx)
    present = [row for row in rows if is_present(tx, row)]
    if not any(row.slots for row in present):
        yield Finding(
            "Worker hosts", f"None is there, so no task runs. {_START}one here with: couture worker"
        )
    for row in rows:
        if row in present:
            yield Finding(f"Host {row.id}")
        elif row.running or _is_missed(row, tx.now):
            yield Finding(f"Host {row.id}", _silent(row))


def _is_missed(row: Any, now: datetime) -> bool:
    return row.agent_state == "running" and row.last_seen > now - _FORGOTTEN


def _silent(row: Any) -> str:
    said = f"It has shown no sign of life since {_when(row.last_seen)}"
    if row.running:
        return (
            f"{said}, and {row.running} attempts of it are open still: a scheduler starts them again "
            "elsewhere 5 s after its lease, so see whether one runs, and then look at that machine."
        )
    return f"{said}. Look at that machine; if it is gone for good, this is not said after a day."


def _queues(tx: Tx) -> Iterator[Finding]:
    of_hosts = hosts.list_queues(tx)
    for row in metrics.list_queues(tx):
        problem = None
        if not is_served(row.queue, of_hosts):
            problem = (
                f"{row.depth} attempts wait in it, the first since {_when(row.since)}, and no host "
                f"that is there takes it. Start one with: couture worker --queues {row.queue}"
            )
        yield Finding(f"Queue {row.queue}", problem)


def _import_errors(tx: Tx) -> str | None:
    found = metrics.count_import_errors(tx)
    if not found:
        return None
    return f"{found} cannot be read, or are warned of. See: couture dags import-errors"


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
