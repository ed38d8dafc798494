"""Several schedulers and agents at once on one database: active-active, nobody leads."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from invariants import check
from mapped import make_dag, task
from memory import empty_database
from new_run import make_run
from sqlalchemy import insert, select, text

from couture_operators.serialize import dag_to_dict
from couture_scheduler.db import migrate
from couture_scheduler.db.database import Database
from couture_scheduler.db.tables import dag_run, history, pool
from couture_scheduler.engine.scheduler import Scheduler
from couture_scheduler.errors import StaleState
from couture_scheduler.follow_ups import FollowUps
from couture_scheduler.parsing.save import save_report
from couture_scheduler.plans import Plans
from couture_scheduler.rules.retry import retry_at, start_again_at
from couture_scheduler.settings import Settings
from couture_scheduler.states import AttemptState
from couture_scheduler.store import attempts, claims, hosts, limits
from couture_scheduler.store.attempts import Ending, EndPolicy

RUNS, TASKS, SECONDS = 20, 10, 120
LIMITS = {"one": 1, "seven": 7}
DAGS = ("a", "b", "c")


class NoBell:
    name = "local"
    has_hosts = False

    def ring(self, queued) -> None: ...

    def ask(self) -> None: ...

    def tell_watchers(self) -> None: ...


class Crowd:
    """Threads with connections of their own, each of which does one thing until all is over."""

    def __init__(self, url: str, settings: Settings, folder):
        self.url, self.settings, self.lock = url, settings, folder / "db.lock"
        self.db = self.open()
        self.over = threading.Event()
        self.failed: list[BaseException] = []
        self.threads: list[threading.Thread] = []

    def open(self) -> Database:
        return Database(self.url, lock_path=self.lock)

    def join(self, name: str, make: Callable[[Database], Callable[[], object]]) -> None:
        def work() -> None:
            db = self.open()
            step = make(db)
            try:
                while not self.over.is_set():
                    with suppress(StaleState):  # others were faster: it is done again
                        step()
                    self.over.wait(0.002)
            except BaseException as error:  # noqa: BLE001 - shown by the test
                self.failed.append(error)
                self.over.set()
            finally:
                db.close()

        self.threads.append(threading.Thread(target=work, name=name))

    def play(self) -> None:
        for thread in self.threads:
            thread.start()
        deadline = datetime.now(UTC) + timedelta(seconds=SECONDS)
        while not self.over.wait(0.05) and datetime.now(UTC) < deadline:
            if set(self.states()) <= {"success", "failed"}:
                self.over.set()
        self.over.set()
        for thread in self.threads:
            thread.join(30)
        assert self.failed == []

    def states(self) -> Counter:
        with self.db.read() as tx:
            return Counter(row.state for row in tx.rows(select(dag_run.c.state)))


@pytest.fixture
def crowd(tmp_path, settings):
    settings.max_active_runs_per_dag = RUNS
    url = empty_database(tmp_path)
    database = Database(url)
    migrate.upgrade(database)
    database.close()
    crowd = Crowd(url, settings, tmp_path)
    with crowd.db.write() as tx:
        limits.ensure_default_pool(tx, 128)
        tx.execute(insert(pool), [{"name": key, "slots": size} for key, size in LIMITS.items()])
    yield crowd
    crowd.db.close()


def save(crowd: Crowd) -> None:
    found = []
    for dag_id in DAGS:
        dag = make_dag(dag_id, max_active_runs=RUNS, max_active_tasks=1000)
        first = task(dag, "first")
        for number in range(TASKS - 2):
            first >> task(dag, f"t{number}", pool="seven" if number % 2 else "one")
        found.append(dag_to_dict(dag))
    report = {"dags": found, "sources": {"f.py": ""}, "touched": {}, "threads": 1}
    with crowd.db.write() as tx:
        save_report(tx, "f.py", report, crowd.settings)


def trigger(crowd: Crowd, count: int) -> None:
    for number in range(count):
        with crowd.db.write() as tx:
            make_run(tx, DAGS[number % len(DAGS)], at=tx.now + timedelta(seconds=number))


def scheduler(settings: Settings, name: str):
    return lambda db: Scheduler(db, NoBell(), settings, name).step


def agent(settings: Settings, host: str):
    def make(db: Database) -> Callable[[], object]:
        policy = EndPolicy(settings.max_lost, start_again_at, retry_at, FollowUps(Plans()))
        rng = random.Random(host)
        with db.write() as tx:
            epoch = hosts.begin_epoch(tx, host, 8, None, timedelta(seconds=60))
        running: list[str] = []

        def step() -> None:
            ending, kept = [], []
            for token in running:
                (kept if rng.random() < 0.5 else ending).append(token)
            with db.write() as tx:
                ends = [Ending(token, AttemptState.SUCCESS) for token in ending]
                attempts.finish(tx, ends, host, policy)
                rows = claims.lock_free(tx, claims.list_queued(tx, None, 8 - len(kept)))
                if rows:
                    claims.claim(tx, rows, host, epoch)
            running[:] = [*kept, *(row.token for row in rows)]

        return step

    return make


def watch(db: Database) -> Callable[[], None]:
    """Sees that no pool ever holds more than it has."""

    def look() -> None:
        with db.read() as tx:
            for row in tx.rows(select(pool)):
                assert 0 <= row.occupied <= row.slots, f"pool {row.name}: {row.occupied}"

    return look


def deadlocks(db: Database) -> int:
    """Return how many deadlocks the server has ended; SQLite has one writer, and none."""
    dialect: Any = db.engine.dialect
    asked = {
        "postgresql": "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
        "mariadb": "SELECT variable_value FROM information_schema.global_status"
        " WHERE variable_name = 'innodb_deadlocks'",
        "mysql": "SELECT count FROM information_schema.innodb_metrics"
        " WHERE name = 'lock_deadlocks'",
    }
    query = asked.get("mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name)
    with db.read() as tx:
        return int(tx.scalar(text(query))) if query else 0


def test_three_schedulers_and_two_agents_lose_nothing_and_do_nothing_twice(crowd):
    save(crowd)
    trigger(crowd, RUNS)
    for number in range(3):
        crowd.join("scheduler", scheduler(crowd.settings, f"s{number}"))
    for number in range(2):
        crowd.join("agent", agent(crowd.settings, f"host{number}"))
    crowd.join("watch", watch)
    before = deadlocks(crowd.db)
    crowd.play()
    assert crowd.states() == {"success": RUNS}
    assert deadlocks(crowd.db) - before <= 2  # of hundreds of transactions; see store.limits
    check(crowd.db)
    with crowd.db.read() as tx:
        begun = tx.rows(
            select(history.c.entity_id).where(
                history.c.kind == "task_instance", history.c.after == "running"
            )
        )
        busy = {row.actor for row in tx.rows(select(history.c.actor).distinct())}
    assert set(Counter(row.entity_id for row in begun).values()) == {1}
    assert {"scheduler@s0", "scheduler@s1", "scheduler@s2"} <= busy
