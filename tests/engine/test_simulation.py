"""Random schedules of everything that can happen, crashes included; the invariants hold throughout.

Deterministic: virtual clock, one thread, in-memory database; a failure shrinks to a script. `make test`
takes the same schedules each time; `make simulate` takes new ones.
"""

import itertools
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import invariants
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from mapped import make_dag, stored, task
from memory import memory_database
from people import People
from sqlalchemy import update
from world import World

from couture_operators import DAG, BashOperator
from couture_operators.taskgroup import TaskGroup
from couture_scheduler import faults
from couture_scheduler.clock import VirtualClock
from couture_scheduler.db.tables import pool
from couture_scheduler.parsing.save import forget_file
from couture_scheduler.settings import Settings
from couture_scheduler.states import FINISHED, RUN_FINISHED, AttemptState
from couture_scheduler.store import attempts, dags, runs

START = datetime(2026, 11, 23, tzinfo=UTC)
RANDOM = os.environ.get("COUTURE_SIMULATIONS", "")
AGENT_POINTS = ("agent.before_commit", "agent.after_commit")
POINTS = ("scheduler.before_commit", "scheduler.after_commit_before_ring")
A = AttemptState
ENDINGS = [A.SUCCESS, A.FAILED, A.SKIPPED, A.LOST, A.RESCHEDULED, A.DEFERRED]
#: what a task of the shop is mapped over, by what the file leaves out of sales
MAPPED = {
    "": {"work": "items", "g": 2},
    "b": {"work": 3, "g": "items"},
    "c": {"g": 3, "below": "work"},
}
TASKS = {
    "sales": ("a", "b", "c", "d"),
    "small": ("x", "y"),
    "shop": ("items", "work", "below", "g.setup", "g.use", "g.teardown", "end"),
}


PICK = st.integers(0, 99)


class Crash(BaseException):
    """The process dies here."""


def crash_at(point: str, action: Callable[[], object]) -> None:
    """Do `action` in a process that dies when it passes `point`."""

    def die(name: str) -> None:
        if name == point:
            raise Crash

    faults.set_hook(die)
    try:
        action()
    except Crash:
        pass
    finally:
        faults.set_hook(None)


def build_shop() -> DAG:
    """items -> work (mapped) -> below -> end, items -> g(setup -> use -> teardown; mapped) -> end"""
    shop = make_dag("shop", dagrun_timeout=timedelta(hours=3), max_active_runs=2)
    items, work, below = (task(shop, name, retries=1) for name in ("items", "work", "below"))
    with TaskGroup("g", dag=shop) as group:
        setup, use, teardown = (task(shop, name, group) for name in ("setup", "use", "teardown"))
        setup.as_setup()
        teardown.as_teardown(setups=setup)
        setup >> use >> teardown
    end = task(shop, "end", trigger_rule="none_failed", max_active_tis_per_dag=1)
    items >> [work, setup]
    work >> below
    [below, use] >> end
    return shop


def build_dags(leave_out: str = "") -> list[Any]:
    sales = DAG("sales", schedule="@hourly", start_date=START, catchup=True, max_active_runs=2)
    tasks = {
        name: BashOperator(task_id=name, bash_command="true", dag=sales, retries=1, **options)
        for name, options in (
            ("a", {"retry_delay": timedelta(minutes=1)}),
            ("b", {"pool_slots": 2}),
            ("c", {"trigger_rule": "all_done"}),
            ("d", {"depends_on_past": True}),
        )
        if name != leave_out
    }
    for above, below in (("a", "b"), ("a", "d"), ("b", "c"), ("d", "c")):
        if leave_out not in (above, below):
            tasks[above] >> tasks[below]
    small = DAG("small", schedule=None, start_date=START, max_active_tasks=1)
    for name in ("x", "y"):
        BashOperator(task_id=name, bash_command="true", dag=small)
    return [sales, small, stored(build_shop(), MAPPED[leave_out])]


class Engine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        numbers = itertools.count()
        self.tokens = mock.patch.object(attempts.uuid, "uuid4", lambda: UUID(int=next(numbers)))
        self.tokens.start()
        self.clock = VirtualClock(START + timedelta(hours=1))
        db = memory_database(self.clock, slots=3)
        self.world = World(db, self.clock, Settings(home=tempfile.gettempdir()))
        self.people = People(self.world, Path(tempfile.gettempdir()))
        self.world.save(*build_dags())
        self.switch(False)
        self.stale: list[str] = []
        self.version = 1

    def switch(self, paused: bool) -> None:
        self.paused = paused
        with self.world.db.write() as tx:
            for dag_id in TASKS:
                dags.set_paused(tx, dag_id, paused)
                runs.wake_open(tx, dag_id)

    def finish(self, token: str, ending: AttemptState, length: int | None = None) -> None:
        """End an attempt; one that succeeds has pushed a value of some length before."""
        row = self.world.claimed.get(token)
        if row is not None and length is not None and ending is A.SUCCESS:
            self.world.push(row, length if row.map_index < 0 else None)
        later = self.clock.now() + timedelta(minutes=10)
        self.world.finish(token, ending, reschedule_at=later, next_method="resume")

    @rule()
    def the_scheduler_looks(self) -> None:
        self.world.scheduler.step()

    @rule(point=st.sampled_from(POINTS))
    def the_scheduler_crashes(self, point: str) -> None:
        crash_at(point, self.world.scheduler.step)
        self.world.scheduler.plans = type(self.world.scheduler.plans)()

    @rule(point=st.sampled_from(AGENT_POINTS), pick=PICK, ending=st.sampled_from(ENDINGS))
    def the_agent_crashes(self, point: str, pick: int, ending: AttemptState) -> None:
        """While it commits a claim, or an ending; the next agent finds what is in the database."""
        if self.world.claimed:
            token = sorted(self.world.claimed)[pick % len(self.world.claimed)]
            crash_at(point, lambda: self.finish(token, ending))
        else:
            crash_at(point, self.world.claim)
        self.stale += list(self.world.claimed)
        self.world.new_agent()

    @rule(limit=st.integers(1, 4))
    def the_agent_claims(self, limit: int) -> None:
        self.world.heed_unclaimed()
        self.world.claim(limit)

    @rule(limit=st.integers(1, 4))
    def all_goes_well_for_a_turn(self, limit: int) -> None:
        self.stale += self.world.heed()
        for token in sorted(self.world.claimed)[:2]:
            self.finish(token, A.SUCCESS, length=limit - 1)
        self.world.scheduler.step()
        self.world.claim(limit)

    @rule()
    def the_agent_ends_what_people_want_to_end(self) -> None:
        self.stale += self.world.heed()

    @precondition(lambda self: self.world.claimed)
    @rule(pick=st.integers(0, 99), ending=st.sampled_from(ENDINGS))
    def an_attempt_ends(self, pick: int, ending: AttemptState) -> None:
        token = sorted(self.world.claimed)[pick % len(self.world.claimed)]
        self.finish(token, ending, length=pick % 4)
        self.stale.append(token)

    @rule()
    def the_agent_dies_and_another_starts(self) -> None:
        self.stale += list(self.world.claimed)
        self.world.new_agent()

    @precondition(lambda self: self.stale)
    @rule(pick=st.integers(0, 99), ending=st.sampled_from(ENDINGS))
    def a_late_answer_comes(self, pick: int, ending: AttemptState) -> None:
        self.finish(self.stale[pick % len(self.stale)], ending)

    @rule(seconds=st.sampled_from([1, 61, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule()
    def the_clock_is_set_back(self) -> None:
        self.clock.advance(-5)

    @rule(dag_id=st.sampled_from(sorted(TASKS)))
    def a_person_triggers(self, dag_id: str) -> None:
        self.people.trigger(dag_id)

    @rule(paused=st.booleans())
    def a_person_switches(self, paused: bool) -> None:
        self.switch(paused)

    @rule(run=PICK, task=PICK, below=st.booleans(), above=st.booleans())
    def a_person_clears(self, run: int, task: int, below: bool, above: bool) -> None:
        if (found := self._pick(run, task)) is not None:
            self.people.clear(*found, include_downstream=below, include_upstream=above)

    @rule(run=PICK, task=PICK, index=st.integers(-1, 3), below=st.booleans())
    def a_person_clears_one_instance(self, run: int, task: int, index: int, below: bool) -> None:
        if (found := self._pick(run, task)) is not None:
            self.people.clear(found[0], (found[1], index), include_downstream=below)

    @rule(counted=st.booleans())
    def a_person_has_deferred_tasks_counted(self, counted: bool) -> None:
        with self.world.db.write() as tx:
            tx.execute(update(pool).values(include_deferred=counted))

    @rule(run=PICK, task=PICK, state=st.sampled_from(["success", "failed", "skipped"]))
    def a_person_marks(self, run: int, task: int, state: str) -> None:
        if (found := self._pick(run, task)) is not None:
            self.people.mark(*found, state, include_downstream=run % 2 == 0)

    @rule(run=PICK)
    def a_person_clears_a_run(self, run: int) -> None:
        if (found := self._pick(run, 0)) is not None:
            self.people.clear_run(found[0])

    @rule(run=PICK, state=st.sampled_from(["success", "failed", "queued"]))
    def a_person_marks_a_run(self, run: int, state: str) -> None:
        if (found := self._pick(run, 0)) is not None:
            self.people.mark_run(found[0], state)

    @rule(leave_out=st.sampled_from(["", "b", "c"]))
    def the_file_is_changed(self, leave_out: str) -> None:
        self.version += 1
        self.world.save(*build_dags(leave_out), touched=str(self.version))

    @rule()
    def the_file_goes_and_comes_back(self) -> None:
        with self.world.db.write() as tx:
            forget_file(tx, "file.py")
        self.world.save(*build_dags(), touched=str(self.version))

    def _pick(self, run: int, task: int) -> tuple[Any, str] | None:
        """Return one of the open or ended runs, the latest preferred, and one of its tasks."""
        found = self.people.runs()[-3:]
        if not found:
            return None
        chosen = found[run % len(found)]
        names = TASKS[chosen.dag_id]
        return chosen, names[task % len(names)]

    @invariant()
    def all_invariants_hold(self) -> None:
        invariants.check(self.world.db)

    @invariant()
    def the_schedule_goes_on(self) -> None:
        """I4: a DAG that a file defines always has a next slot."""
        with self.world.db.read() as tx:
            assert dags.get_dag(tx, "sales").next_run_after is not None

    def teardown(self) -> None:
        """I3: when nothing is done to it any more, all that was begun comes to an end."""
        with self.world.db.write() as tx:
            dags.set_inactive(tx, list(TASKS))  # no new slots
        if self.paused:
            self.switch(False)
        self.world.new_agent()
        for _ in range(40):
            self.world.play()
            self.clock.advance(3600)
        self.tokens.stop()
        for run in self.people.runs():
            if run.state not in RUN_FINISHED:
                assert self._waits_for_the_past(run), f"run {run.id} is {run.state} for ever"
            else:
                assert self._states(run).issubset(FINISHED), f"run {run.id} ended too early"
        invariants.check(self.world.db)
        self.people.close()
        self.world.db.close()

    def _states(self, run: Any) -> set[str]:
        with self.world.db.read() as tx:
            return {row.state for row in runs.list_tis(tx, run.id)}

    def _waits_for_the_past(self, run: Any) -> bool:
        """A task that depends on one that did not succeed waits until a person acts."""
        with self.world.db.read() as tx:
            if run.dag_id != "sales":
                return False
            if run.state == "queued":
                return dags.get_dag(tx, "sales").active_runs == 2
            rows = {row.task_id: row.state for row in runs.list_tis(tx, run.id)}
            past = runs.find_previous(tx, run, manual_too=False)
            before = runs.states_by_task(tx, past.id) if past else {}
        waits = rows["d"] == "none" and rows["a"] in FINISHED
        return waits and not {"success", "skipped"}.issuperset(before.get("d", ()))


TestEngine = Engine.TestCase
TestEngine.settings = settings(
    max_examples=int(RANDOM or "40"),
    derandomize=not RANDOM,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
