"""`dag.test()` and `couture dags test`: a DAG's tasks, one after the other, in the caller's process.

The scheduler decides as it does elsewhere, on a database in memory; breakpoints of a debugger
work, because nothing is forked. Nobody waits: the clock jumps to the next try, look or resumption.
"""

import copy
import logging
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from couture_operators import runtime as authoring
from couture_operators import xcom
from couture_operators.callbacks import run_callback
from couture_operators.context import build_context
from couture_operators.dag import DAG
from couture_operators.dates import plain_utc
from couture_operators.exceptions import AirflowException
from couture_operators.execution import run_task
from couture_operators.mapping import MappedOperator
from couture_operators.own_timetables import manual_interval
from couture_operators.sensors import waiting
from couture_operators.serialize import dag_to_dict
from couture_operators.templating import render_fields
from couture_scheduler.rehearsal.runtime import Announced, DirectClient, DirectRuntime
from couture_scheduler.rehearsal.stage import HOST, Stage
from couture_scheduler.rehearsal.values import Values
from couture_scheduler.settings import Settings
from couture_scheduler.states import RUN_FINISHED, AttemptState
from couture_scheduler.store import callbacks, dags, runs, xcoms
from couture_scheduler.store.attempts import Ending
from couture_scheduler.timetables import DataInterval, from_schedule
from couture_scheduler.triggering import Order, make_run
from couture_scheduler.worker.launch import callback_info
from couture_scheduler.worker.running import RunningAttempt, task_info

_LONGEST_SLEEP = 0.05  #: seconds between two looks of a sensor, which believes that all have passed
_GIVEN = ("try_number", "max_tries", "hostname")
_NO_WAIT = {"retry_delay": 0.0, "retry_exponential_backoff": False}


@dataclass
class TestedTask:
    """How a task instance ended."""

    __test__ = False

    task_id: str
    map_index: int
    state: str
    try_number: int
    reason: str | None
    seconds: float
    _pull: Callable[[str, int, str], Any] = field(repr=False)

    @property
    def name(self) -> str:
        """The task_id, with the map index where it has one."""
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_index}]"

    def xcom_pull(self, key: str = xcom.XCOM_RETURN_KEY) -> Any:
        """Return what it pushed under a key; None where it pushed nothing."""
        return self._pull(self.task_id, self.map_index, key)


@dataclass
class TestedRun:
    """How a run ended; what `dag.test()` returns."""

    __test__ = False

    dag_id: str
    run_id: str
    state: str
    logical_date: datetime | None
    conf: dict[str, Any]
    task_instances: list[TestedTask]

    @property
    def execution_date(self) -> datetime | None:
        """The older name of logical_date."""
        return self.logical_date

    def get_task_instances(self, state: Any = None) -> list[TestedTask]:
        """Return the task instances, of some states only if these are given."""
        wanted = None if state is None else {state} if isinstance(state, str) else set(state)
        return [ti for ti in self.task_instances if wanted is None or ti.state in wanted]

    def get_task_instance(self, task_id: str, map_index: int = -1) -> TestedTask | None:
        """Return one task instance, or None."""
        found = (ti for ti in self.task_instances if ti.task_id == task_id)
        return next((ti for ti in found if ti.map_index == map_index), None)


def run_dag(
    dag: DAG,
    logical_date: datetime | None = None,
    conf: dict[str, Any] | None = None,
    *,
    values: Values | None = None,
    only: str | None = None,
    mark_success: str | None = None,
    say: Callable[[str], None] = print,
) -> TestedRun:
    """Run a DAG, or one of its tasks alone, and return how that ended.

    Args:
        logical_date: default: now.
        values: where variables and connections come from.
        only: the task that runs alone, whatever is above it.
        mark_success: a regular expression; tasks whose whole id matches count as run.
        say: takes the lines that people read.

    Raises:
        Invalid, CoutureError: the conf does not suit the DAG's params.
        KeyboardInterrupt: the caller wants to stop.
    """
    now = datetime.now(UTC)
    stage = Stage(Settings(home=tempfile.gettempdir()), now)
    try:
        play = _Play(stage, dag, values or Values(), mark_success, say)
        play.prepare(plain_utc(logical_date or now), conf or {}, only)
        with _this_process(stage):
            play.to_the_end()
        found = play.result()
    finally:
        stage.close()
    _tell(found, say)
    return found


def render_task(
    dag: DAG,
    task_id: str,
    logical_date: datetime | None = None,
    conf: dict[str, Any] | None = None,
    *,
    values: Values | None = None,
) -> dict[str, str]:
    """Return what the templates of a task become, by field; nothing runs.

    Raises:
        AirflowException: a template cannot be rendered, or the task is mapped.
    """
    now = datetime.now(UTC)
    stage = Stage(Settings(home=tempfile.gettempdir()), now)
    try:
        play = _Play(stage, dag, values or Values(), None, lambda _: None)
        play.prepare(plain_utc(logical_date or now), conf or {}, task_id)
        with _this_process(stage):
            return play.render(task_id)
    finally:
        stage.close()


class _Play:
    def __init__(
        self,
        stage: Stage,
        dag: DAG,
        values: Values,
        mark_success: str | None,
        say: Callable[[str], None],
    ):
        self.stage, self.dag, self.values, self.say = stage, dag, values, say
        self.marked = re.compile(mark_success) if mark_success else None
        self.run_id = ""
        self.announced: Announced = {child.dag_id: {} for child in dag.subdags}
        self.seconds: dict[tuple[str, int], float] = {}

    def prepare(self, moment: datetime, conf: dict[str, Any], only: str | None) -> None:
        """Save the DAG without a schedule and make its run."""
        data = dag_to_dict(self.dag)
        interval = self._interval(data["schedule"], moment)
        tasks = [{**task, **_NO_WAIT} for task in data["tasks"]]
        if only is not None:
            self.dag.get_task(only)  # says so if there is none
            alone = {"upstream": [], "downstream": [], "trigger_rule": "all_success"}
            tasks = [{**task, **alone} for task in tasks if task["task_id"] == only]
        plain = {"schedule": {"type": "none"}, "dagrun_timeout": None, "max_active_runs": None}
        self.stage.save([{**data, **plain, "tasks": tasks}])
        order = Order(logical_date=moment, conf=conf, interval=interval, triggered_by="test")
        with self.stage.db.write() as tx:
            row = dags.get_dag(tx, self.dag.dag_id)
            limit = self.stage.settings.max_conf_bytes
            plans = self.stage.scheduler.plans
            self.run_id = make_run(tx, plans, row, order, limit, "test")

    def _interval(self, schedule: dict[str, Any], moment: datetime) -> DataInterval:
        if schedule.get("manual"):
            return DataInterval(*map(plain_utc, manual_interval(self.dag, moment)))
        return from_schedule(schedule).manual_interval(moment)

    def to_the_end(self) -> None:
        """Run what is ready until nothing is, and nothing will be."""
        while True:
            self.stage.look()
            self._call_back()
            if rows := self.stage.claim(1):
                self._run(rows[0])
                continue
            due = self.stage.scheduler.next_due()
            if due is None or self._run_row().state in RUN_FINISHED:
                return
            self.stage.jump_to(due)

    def render(self, task_id: str) -> dict[str, str]:
        """Return the rendered fields of the run's only task, which is not started."""
        if isinstance(self.dag.get_task(task_id), MappedOperator):
            raise AirflowException(
                f"Task {task_id} is mapped: what it renders depends on what it is mapped over."
            )
        self.stage.look()
        [row] = self.stage.claim(1)
        task = copy.copy(self.dag.get_task(task_id))  # rendering changes its fields
        attempt = RunningAttempt(row, self._run_row(), {}, None)  # type: ignore[arg-type]
        info = {**task_info(row, attempt.run, HOST), "test_mode": True}
        runtime = self._runtime(attempt)
        authoring.set_runtime(runtime)
        context = build_context(self.dag, task, info, runtime)
        task.prepare_template()
        return render_fields(task, context, runtime)

    def _run(self, row: Any) -> None:
        if self.marked and self.marked.fullmatch(row.task_id):
            self.stage.finish([Ending(row.token, AttemptState.SUCCESS, reported=True)])
            return
        run, plan = self._run_row(), self.stage.scheduler.plans
        with self.stage.db.read() as tx:
            task = plan.get(tx, row.attempt_dag_version_id).tasks[row.task_id].data
        attempt = RunningAttempt(row, run, task, None)  # type: ignore[arg-type]
        info = {**task_info(row, run, HOST), "test_mode": True, "triggering_asset_events": {}}
        self.say(f"-- {_name(row)} (try {row.try_number} of {row.max_tries + 1})")
        began = time.monotonic()
        outcome = run_task(self.dag, self.dag.get_task(row.task_id), info, self._runtime(attempt))
        key = row.task_id, row.map_index
        self.seconds[key] = self.seconds.get(key, 0.0) + time.monotonic() - began
        attempt.result = asdict(outcome)
        self.stage.jump_to(datetime.now(UTC))
        self.stage.finish([attempt.conclude()])
        if outcome.error_class == "KeyboardInterrupt":
            raise KeyboardInterrupt

    def _runtime(self, attempt: RunningAttempt) -> DirectRuntime:
        client = DirectClient(self.stage, attempt)
        return DirectRuntime(client, self.values, self.dag.folder, self.announced)

    def _call_back(self) -> None:
        """Call the DAG's own callbacks, and those of tasks that could not call theirs."""
        with self.stage.db.write() as tx:
            asked = callbacks.claim(tx, 100, HOST, self.stage.epoch)
            about = {one.id: callbacks.about(tx, one) for one in asked}
        for one in asked:
            if one.kind == "slots":
                continue
            given = {name: one.payload[name] for name in _GIVEN if name in one.payload}
            row = SimpleNamespace(**{**about[one.id], **given, "token": one.id})
            call = SimpleNamespace(asked=one, row=row, run=self._run_row(), token=one.id)
            task = self.dag.get_task(row.task_id) if one.ti_id else None
            attempt = RunningAttempt(row, call.run, {}, None)  # type: ignore[arg-type]
            run_callback(self.dag, task, callback_info(call, HOST), self._runtime(attempt))

    def _run_row(self) -> Any:
        with self.stage.db.read() as tx:
            return runs.get_run(tx, self.dag.dag_id, self.run_id)

    def result(self) -> TestedRun:
        """Return how it ended."""
        run = self._run_row()
        order = {task_id: place for place, task_id in enumerate(self._order())}
        with self.stage.db.read() as tx:
            rows = runs.list_tis(tx, run.id)
            pushed = xcoms.pull(
                tx,
                run,
                task_ids=None,
                dag_id=self.dag.dag_id,
                key=None,
                run_id=None,
                include_prior_dates=False,
                map_indexes=None,
            )
        kept = {(one.task_id, one.map_index, one.key): one for one in pushed}

        def pull(task_id: str, map_index: int, key: str) -> Any:
            found = kept.get((task_id, map_index, key))
            if found is None:
                return None
            payload: Any = {"json": found.value}
            if found.pickle is not None:
                payload = {"pickle": found.pickle}
            return xcom.decode(payload)

        tested = [
            TestedTask(
                row.task_id,
                row.map_index,
                str(row.state),
                row.try_number,
                row.reason,
                self.seconds.get((row.task_id, row.map_index), 0.0),
                pull,
            )
            for row in sorted(rows, key=lambda row: (order.get(row.task_id, 0), row.map_index))
        ]
        return TestedRun(
            self.dag.dag_id, self.run_id, str(run.state), run.logical_date, run.conf or {}, tested
        )

    def _order(self) -> list[str]:
        return [task.task_id for task in self.dag.topological_sort()]


@contextmanager
def _this_process(stage: Stage) -> Iterator[None]:
    """Give back what running tasks changes in a process; sensors wait on the stage's clock."""
    environment, root = dict(os.environ), logging.getLogger()
    logs = root.handlers[:], root.level
    before = authoring._current, waiting.now, waiting.sleep

    def now() -> datetime:
        return max(stage.clock.now(), datetime.now(UTC))

    def sleep(seconds: float) -> None:
        over = now() + timedelta(seconds=max(0.0, seconds))
        time.sleep(max(0.0, min(seconds, _LONGEST_SLEEP)))
        stage.jump_to(over)

    waiting.now, waiting.sleep = now, sleep
    try:
        yield
    finally:
        authoring._current, waiting.now, waiting.sleep = before
        root.handlers[:] = logs[0]
        root.setLevel(logs[1])
        os.environ.clear()
        os.environ.update(environment)


def _name(row: Any) -> str:
    return row.task_id if row.map_index < 0 else f"{row.task_id}[{row.map_index}]"


def _tell(run: TestedRun, say: Callable[[str], None]) -> None:
    width = max((len(ti.name) for ti in run.task_instances), default=0)
    say(f"\nDAG {run.dag_id}, run {run.run_id}: {run.state}")
    for ti in run.task_instances:
        state = "not started" if ti.state == "none" else ti.state
        tries = f"  try {ti.try_number}" if ti.try_number > 1 else ""
        reason = f"  {ti.reason}" if ti.reason and ti.state != "success" else ""
        say(f"  {ti.name:<{width}}  {state:<16} {ti.seconds:6.2f} s{tries}{reason}")


def test_dag(
    dag: DAG,
    logical_date: datetime | None = None,
    conf: dict[str, Any] | None = None,
    *,
    variable_file: str | None = None,
    connection_file: str | None = None,
    only: str | None = None,
    mark_success: str | None = None,
) -> TestedRun:
    """Do what `DAG.test` asks for: couture_operators finds this by its entry point."""
    values = Values(variable_file, connection_file)
    return run_dag(dag, logical_date, conf, values=values, only=only, mark_success=mark_success)


def render_by_hand(
    dag: DAG,
    task_id: str,
    logical_date: datetime | None = None,
    conf: dict[str, Any] | None = None,
    *,
    variable_file: str | None = None,
    connection_file: str | None = None,
) -> dict[str, str]:
    """Do what `render` of `DAG.cli` asks for, as test_dag does for `test`."""
    values = Values(variable_file, connection_file)
    return render_task(dag, task_id, logical_date, conf, values=values)
