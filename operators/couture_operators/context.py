"""The context of a running task: what templates and callables may use by name.

Values that cost a question to the engine or a cron computation are worked out on first use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from couture_operators import macros
from couture_operators.asset_events import InletEvents, OutletEvents, triggering_events
from couture_operators.connection import ConnectionAccessor
from couture_operators.dagrun import DagRun
from couture_operators.dates import DateTime, to_datetime
from couture_operators.exceptions import AirflowException
from couture_operators.runtime import TaskRuntime
from couture_operators.taskinstance import TaskInstance
from couture_operators.variable import VariableAccessor

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator
    from couture_operators.dag import DAG


#: the names that a task's context has, whatever its DAG defines
CONTEXT_KEYS = {
    *("conf", "conn", "dag", "dag_run", "data_interval_end", "data_interval_start", "ds"),
    *("ds_nodash", "exception", "execution_date", "expanded_ti_count", "inlet_events", "inlets"),
    *("logical_date", "macros", "map_index_template", "next_ds", "next_ds_nodash"),
    *("next_execution_date", "outlet_events", "outlets", "params"),
    *("prev_data_interval_end_success", "prev_data_interval_start_success", "prev_ds"),
    *("prev_ds_nodash", "prev_end_date_success", "prev_execution_date"),
    *("prev_execution_date_success", "prev_start_date_success", "run_id", "task"),
    *("task_instance", "task_instance_key_str", "templates_dict", "test_mode", "ti"),
    *("tomorrow_ds", "tomorrow_ds_nodash", "triggering_asset_events"),
    *("triggering_dataset_events", "try_number", "ts", "ts_nodash", "ts_nodash_with_tz", "var"),
    *("yesterday_ds", "yesterday_ds_nodash"),
}


class _Lazy:
    def __init__(self, compute: Callable[[], Any]):
        self.compute = compute


class Context(dict[str, Any]):
    """A dict whose expensive values are computed when they are first read."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, _Lazy):
            value = self[key] = value.compute()
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default."""
        return self[key] if key in self else default  # noqa: SIM401 - reads through __getitem__

    def pop(self, key: str, *default: Any) -> Any:
        """Take a value out, computed; the default where there is none."""
        if key in self:
            self[key]  # computes it
        return super().pop(key, *default)

    # `**context` reads values through these, and so computes them
    def __iter__(self) -> Iterator[str]:
        return super().__iter__()

    def items(self) -> Any:
        """All keys with their values, computed."""
        return [(key, self[key]) for key in self]

    def values(self) -> Any:
        """All values, computed."""
        return [self[key] for key in self]

    def copy(self) -> Context:
        """A copy in which nothing more is computed than here."""
        return Context(dict.items(self))


def build_context(
    dag: DAG, task: BaseOperator, info: dict[str, Any], runtime: TaskRuntime
) -> Context:
    """Everything that a task's code and templates may use, for one attempt."""
    return context_of(TaskInstance.of(task, info, runtime, dag))


def context_of(ti: TaskInstance) -> Context:
    """The context of a task instance whose task is known."""
    task, run, info, runtime = ti.task, ti.dag_run, ti._info, ti._runtime
    dag = run.get_dag()

    def logical() -> DateTime:
        return context["logical_date"]

    context = Context(
        dag=dag,
        task=task,
        ti=ti,
        task_instance=ti,
        dag_run=run,
        run_id=run.run_id,
        task_instance_key_str=_Lazy(lambda: f"{dag.dag_id}__{task.task_id}__{logical():%Y%m%d}"),
        execution_date=_Lazy(logical),
        logical_date=_Lazy(lambda: run.logical_date or to_datetime(dt.datetime.now(dt.UTC))),
        data_interval_start=_Lazy(lambda: run.data_interval_start or logical()),
        data_interval_end=_Lazy(lambda: run.data_interval_end or logical()),
        params=_Lazy(lambda: run_params(dag, task, run)),
        tables=_Lazy(lambda: context["params"].get("tables")),
        conn=ConnectionAccessor(),
        var={"value": VariableAccessor(), "json": VariableAccessor(deserialize_json=True)},
        macros=macros,
        conf=_Lazy(_configuration),
        try_number=ti.try_number,
        expanded_ti_count=info.get("expanded_ti_count"),
        map_index_template=task.map_index_template,
        inlet_events=_Lazy(
            lambda: InletEvents(task.inlets, lambda **asked: runtime.asset_events(**asked))
        ),
        outlet_events=OutletEvents(),
        triggering_asset_events=_Lazy(lambda: _triggering(info)),
        triggering_dataset_events=_Lazy(lambda: _triggering(info)),
        inlets=task.inlets,
        outlets=task.outlets,
        templates_dict=None,
        test_mode=ti.test_mode,
        **_date_texts(logical),
        **_neighbours(dag, ti, logical),
        **_previous_success(runtime),
        **dag.user_defined_macros,
    )
    return context


def whose(task: BaseOperator) -> dict[str, str]:
    """The task's owner and to whom its mails go, as far as these are texts."""
    email = ",".join(task.email) if isinstance(task.email, list) else task.email
    named = {"dag_owner": task.owner, "dag_email": email}
    return {name: text for name, text in named.items() if text and isinstance(text, str)}


def run_params(dag: DAG, task: BaseOperator, run: DagRun) -> dict[str, Any]:
    """The values of a run's params: those of its conf, else the task's, else the DAG's.

    A plain dict, as in Airflow. They were held against their schemas when the run was made.
    """
    return dag.params.given() | task.params.given() | run.conf


def _configuration() -> Any:
    from couture_operators.compat.configuration import conf  # few tasks ask for it

    return conf


def _triggering(info: dict[str, Any]) -> dict[str, Any]:
    return triggering_events(info.get("triggering_asset_events") or {})


_running: list[Context] = []


@contextmanager
def running_in(context: Context) -> Iterator[None]:
    """Make this the context that `get_current_context` gives."""
    _running.append(context)
    try:
        yield
    finally:
        _running.pop()


def get_current_context() -> Context:
    """The context of the task that is running; AirflowException outside of one."""
    if not _running:
        raise AirflowException(
            "get_current_context works inside a running task only; there is none here."
        )
    return _running[-1]


def _date_texts(logical: Callable[[], DateTime]) -> dict[str, Any]:
    def text(pattern: str, days: int = 0) -> _Lazy:
        return _Lazy(lambda: f"{logical().add(days=days):{pattern}}")

    return {
        "ds": text("%Y-%m-%d"),
        "ds_nodash": text("%Y%m%d"),
        "ts": _Lazy(lambda: logical().isoformat()),
        "ts_nodash": text("%Y%m%dT%H%M%S"),
        "ts_nodash_with_tz": _Lazy(lambda: logical().isoformat().replace("-", "").replace(":", "")),
        "yesterday_ds": text("%Y-%m-%d", days=-1),
        "yesterday_ds_nodash": text("%Y%m%d", days=-1),
        "tomorrow_ds": text("%Y-%m-%d", days=1),
        "tomorrow_ds_nodash": text("%Y%m%d", days=1),
        "END_DATE": text("%Y-%m-%d"),
        "end_date": text("%Y-%m-%d"),
        "latest_date": text("%Y-%m-%d"),
    }


def _neighbours(dag: DAG, ti: TaskInstance, logical: Callable[[], DateTime]) -> dict[str, Any]:
    """The dates of the runs before and after; a manual run stands alone, as in Airflow."""

    def neighbour(step: Callable[[dt.datetime], dt.datetime | None]) -> DateTime | None:
        if ti.dag_run.external_trigger:
            return logical()
        moment = step(logical())
        return to_datetime(moment) if moment else None

    def text(step: Callable[[dt.datetime], dt.datetime | None], pattern: str) -> str | None:
        moment = neighbour(step)
        return f"{moment:{pattern}}" if moment else None

    after, before = dag.following_schedule, dag.previous_schedule
    return {
        "next_execution_date": _Lazy(lambda: neighbour(after)),
        "next_ds": _Lazy(lambda: text(after, "%Y-%m-%d")),
        "next_ds_nodash": _Lazy(lambda: text(after, "%Y%m%d")),
        "prev_execution_date": _Lazy(lambda: neighbour(before)),
        "prev_ds": _Lazy(lambda: text(before, "%Y-%m-%d")),
        "prev_ds_nodash": _Lazy(lambda: text(before, "%Y%m%d")),
    }


def _previous_success(runtime: TaskRuntime) -> dict[str, Any]:
    asked: list[dict[str, Any]] = []

    def field(name: str) -> _Lazy:
        def compute() -> DateTime | None:
            if not asked:
                asked.append(runtime.previous_run("success") or {})
            value = asked[0].get(name)
            return to_datetime(value) if value else None

        return _Lazy(compute)

    return {
        "prev_execution_date_success": field("logical_date"),
        "prev_start_date_success": field("start_date"),
        "prev_end_date_success": field("end_date"),
        "prev_data_interval_start_success": field("data_interval_start"),
        "prev_data_interval_end_success": field("data_interval_end"),
    }
