"""Random schedules of everything that can happen, crashes included; the invariants hold throughout.

Deterministic: virtual clock, one thread, in-memory database; a failure shrinks to a script.
"""

import os
import tempfile
from datetime import UTC, datetime, timedelta

import invariants
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler import faults
from couture_scheduler.clock import VirtualClock
from couture_scheduler.db.database import Database
from couture_scheduler.db.tables import metadata
from couture_scheduler.settings import Settings
from couture_scheduler.states import FINISHED, RUN_FINISHED, AttemptState
from couture_scheduler.store import attempts, dags, limits, runs

START = datetime(2026, 11, 23, tzinfo=UTC)
POINTS = ("scheduler.before_commit", "scheduler.after_commit_before_ring")
ENDINGS = [AttemptState.SUCCESS, AttemptState.FAILED, AttemptState.SKIPPED, AttemptState.LOST]


class Crash(BaseException):
    """The process dies here."""


def build_dags() -> list[DAG]:
    sales = DAG("sales", schedule="@hourly", start_date=START, catchup=True, max_active_runs=2)
    names = [
        BashOperator(task_id=name, bash_command="true", dag=sales, retries=1, **options)
        for name, options in (
            ("a", {"retry_delay": timedelta(minutes=1)}),
            ("b", {"pool_slots": 2}),
            ("c", {"trigger_rule": "all_done"}),
            ("d", {"depends_on_past": True}),
        )
    ]
    names[0] >> [names[1], names[3]] >> names[2]
    small = DAG("small", schedule=None, start_date=START, max_active_tasks=1)
    for name in ("x", "y"):
        BashOperator(task_id=name, bash_command="true", dag=small)
    return [sales, small]


class Engine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock(START + timedelta(hours=1))
        db = Database("sqlite://", self.clock)
        metadata.create_all(db.engine)
        with db.write() as tx:
            limits.ensure_default_pool(tx, 3)
        self.world = World(db, self.clock, Settings(home=tempfile.gettempdir()))
        self.world.save(*build_dags())
        self.switch(False)
        self.stale: list[str] = []
        self.version = 1

    def switch(self, paused: bool) -> None:
        with self.world.db.write() as tx:
            for dag_id in ("sales", "small"):
                dags.set_paused(tx, dag_id, paused)
                runs.wake_open(tx, dag_id)

    @rule()
    def the_scheduler_looks(self) -> None:
        self.world.scheduler.step()

    @rule(point=st.sampled_from(POINTS))
    def the_scheduler_crashes(self, point: str) -> None:
        def die(name: str) -> None:
            if name == point:
                raise Crash

        faults.set_hook(die)
        try:
            self.world.scheduler.step()
        except Crash:
            pass
        finally:
            faults.set_hook(None)
        self.world.scheduler.plans = type(self.world.scheduler.plans)()

    @rule(limit=st.integers(1, 4))
    def the_agent_claims(self, limit: int) -> None:
        self.world.claim(limit)

    @precondition(lambda self: self.world.claimed)
    @rule(pick=st.integers(0, 99), ending=st.sampled_from(ENDINGS))
    def an_attempt_ends(self, pick: int, ending: AttemptState) -> None:
        token = sorted(self.world.claimed)[pick % len(self.world.claimed)]
        self.world.finish(token, ending)
        self.stale.append(token)

    @rule()
    def the_agent_dies_and_another_starts(self) -> None:
        self.stale += list(self.world.claimed)
        self.world.new_agent()

    @precondition(lambda self: self.stale)
    @rule(pick=st.integers(0, 99), ending=st.sampled_from(ENDINGS))
    def a_late_answer_comes(self, pick: int, ending: AttemptState) -> None:
        self.world.finish(self.stale[pick % len(self.stale)], ending)

    @rule(seconds=st.sampled_from([1, 61, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule()
    def the_clock_is_set_back(self) -> None:
        self.clock.advance(-5)

    @rule(dag_id=st.sampled_from(["sales", "small"]))
    def a_person_triggers(self, dag_id: str) -> None:
        self.world.trigger(dag_id)

    @rule(paused=st.booleans())
    def a_person_switches(self, paused: bool) -> None:
        self.switch(paused)

    @precondition(lambda self: self.world.claimed)
    @rule(pick=st.integers(0, 99), wish=st.sampled_from(["success", "failed", "restart"]))
    def a_person_wishes_an_end(self, pick: int, wish: str) -> None:
        token = sorted(self.world.claimed)[pick % len(self.world.claimed)]
        with self.world.db.write() as tx:
            attempts.wish(tx, self.world.claimed[token].id, wish)

    @rule()
    def the_file_is_saved_again(self) -> None:
        self.version += 1
        self.world.save(*build_dags(), touched=str(self.version))

    @invariant()
    def all_invariants_hold(self) -> None:
        invariants.check(self.world.db)

    def teardown(self) -> None:
        """I3: when nothing is done to it any more, all that was begun comes to an end."""
        with self.world.db.write() as tx:
            dags.set_inactive(tx, ["sales", "small"])  # no new slots
        self.switch(False)
        self.world.new_agent()
        for _ in range(40):
            self.world.play()
            self.clock.advance(3600)
        for run_pk, state in self._runs():
            if state not in RUN_FINISHED:
                assert self._waits_for_the_past(run_pk), f"run {run_pk} is {state} for ever"
        invariants.check(self.world.db)
        self.world.db.close()

    def _runs(self) -> list[tuple[int, str]]:
        from sqlalchemy import select

        from couture_scheduler.db.tables import dag_run

        with self.world.db.read() as tx:
            return [(row.id, row.state) for row in tx.rows(select(dag_run))]

    def _waits_for_the_past(self, run_pk: int) -> bool:
        """A task that depends on a failed one of the run before waits until a person acts."""
        with self.world.db.read() as tx:
            [run] = runs.list_by_pk(tx, {run_pk})
            if run.dag_id != "sales":
                return False
            if run.state == "queued":
                return dags.get_dag(tx, "sales").active_runs == 2
            rows = {row.task_id: row.state for row in runs.list_tis(tx, run_pk)}
        return rows["d"] == "none" and rows["a"] in FINISHED


TestEngine = Engine.TestCase
TestEngine.settings = settings(
    max_examples=int(os.environ.get("COUTURE_SIMULATIONS", "60")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
