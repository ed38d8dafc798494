"""Answers of the API and turns of the scheduler over a million task instances, on each database."""

import gc
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from world import World

from bench.calls import Ask, Calls
from bench.large import END, Size, fill
from bench.row import Row
from couture_scheduler.clock import VirtualClock
from couture_scheduler.default_roles import ROLES
from couture_scheduler.ipc import Ringer
from couture_scheduler.processes import open_database
from couture_scheduler.secrets import Vault
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.retention import forget_old
from couture_scheduler.services.workflow import Call, Workflow
from couture_scheduler.settings import Settings
from servers import MariaDB, PostgreSQL

_TIMES = 40
_TURNS = 60
_KINDS = {"SQLite": None, "MariaDB": MariaDB, "PostgreSQL": PostgreSQL}
_ADA = Actor("ada", "10.0.0.1", ROLES["Admin"], ("Admin",))


def rows(home: Path) -> list[Row]:
    """Measure on the databases that this machine has."""
    size = Size()
    return [row for name in _KINDS for row in _on(home / name, name, size)]


def _on(home: Path, name: str, size: Size) -> list[Row]:
    with _url(home, name) as url:
        settings = Settings(home=str(home), **({"db_url": url} if url else {}))
        settings.make_folders()
        started = time.perf_counter()
        fill(open_database(settings), settings, size)
        sys.stderr.write(f"{name} was filled in {time.perf_counter() - started:.0f} s\n")
        return [*of_calls(settings, name, size), *of_turns(settings, name)]


@contextmanager
def _url(home: Path, name: str) -> Iterator[str | None]:
    home.mkdir(parents=True)
    kind = _KINDS[name]
    server = kind() if kind else None
    try:
        if server:
            server.start()
        yield server.url if server else None
    finally:
        if server:
            server.stop()
        shutil.rmtree(home)


def of_calls(settings: Settings, name: str, size: Size) -> list[Row]:
    """Ask everything many times; the figure is the slowest call's p95."""
    db, ringer = open_database(settings), Ringer(settings.run_path)
    vault = Vault(Fernet.generate_key())
    workflow = Workflow(settings, db, vault, ringer, settings.home_path, db.clock.now())
    gc.collect()
    gc.freeze()  # as the servers do
    found = {what: _times(workflow, ask) for what, ask in Calls(size).all()}
    for what, times in sorted(found.items(), key=lambda one: -p95(one[1])):
        sys.stderr.write(f"{p95(times):8.1f} {statistics.median(times):8.1f} ms  {name}: {what}\n")
    slowest = max(found, key=lambda what: p95(found[what]))
    each = [p95(times) for times in found.values()]
    return [
        Row(f"{name}: slowest of {len(found)} reading calls ({slowest}), p95", max(each), "ms", 30),
        Row(f"{name}: the calls' p95, median", statistics.median(each), "ms", 10),
    ]


def _times(workflow: Workflow, ask: Ask) -> list[float]:
    found = []
    for number in range(_TIMES + 2):
        started = time.perf_counter()
        answer = ask(Call(workflow, _ADA))
        answer.model_dump_json()
        if number > 1:  # the first ones compile statements
            found.append((time.perf_counter() - started) * 1000)
    return found


def of_turns(settings: Settings, name: str) -> list[Row]:
    """Have runs triggered, decided, claimed and finished, alone and while old runs are deleted."""
    steps, ends = _turns(settings, 0)
    with _cleaning(settings) as deleted:
        busy, _ = _turns(settings, _TURNS)
    return [
        Row(f"{name}: a turn of the scheduler, p95", p95(steps), "ms", 30),
        Row(f"{name}: the end of an attempt is written, p95", p95(ends), "ms", 20),
        Row(
            f"{name}: a turn while {deleted()} runs are deleted, p95",
            *(p95(busy), "ms", 130, False, p95(steps), "alone"),
        ),
    ]


def _turns(settings: Settings, first: int) -> tuple[list[float], list[float]]:
    db = open_database(settings)
    db.clock = VirtualClock(db.clock.now())
    world = World(db, db.clock, settings)
    world.step()
    steps: list[float] = []
    ends: list[float] = []
    for number in range(first, first + _TURNS):
        world.trigger(f"dag_{number}")
        steps.append(_timed(world.scheduler.step))
        world.claim()
        tokens = list(world.claimed)
        ends += [_timed(lambda token=token: world.finish(token)) for token in tokens]
        steps.append(_timed(world.scheduler.step))
        world.clock.advance(1)
    db.close()
    return steps, ends


@contextmanager
def _cleaning(settings: Settings) -> Iterator[Callable[[], int]]:
    """Delete runs in another thread for as long as the block lasts."""
    over, found = threading.Event(), []

    def work() -> None:
        db = open_database(settings)
        before = END - timedelta(days=1)
        counts = forget_old(db, settings, before, ["dag_run"], lambda: not over.is_set())
        found.append(counts["dag_run"])
        db.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield lambda: found[0]
    finally:
        over.set()
        thread.join()


def _timed(work) -> float:  # noqa: ANN001 - anything to be called
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def p95(times: list[float]) -> float:
    """Return what 95 of 100 are not above."""
    return sorted(times)[int(len(times) * 0.95) - 1]
