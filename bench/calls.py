"""The reading calls of the API that pages are made of, each with parameters by chance."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

from bench.large import END, Size
from couture_scheduler.schemas.audit_logs import AuditQuery
from couture_scheduler.schemas.base import MapIndex
from couture_scheduler.schemas.dag_runs import RunQuery
from couture_scheduler.schemas.dag_views import DagListQuery, GraphQuery
from couture_scheduler.schemas.dags import DagQuery, StatsQuery
from couture_scheduler.schemas.event_logs import EventLogQuery
from couture_scheduler.schemas.jobs import JobQuery
from couture_scheduler.schemas.task_instances import TaskInstanceQuery
from couture_scheduler.schemas.xcoms import XComEntryQuery, XComQuery
from couture_scheduler.services import dag_runs, dag_views, dags, jobs, status, xcoms
from couture_scheduler.services import task_instances as tis
from couture_scheduler.services.audit_logs import get_audit_logs
from couture_scheduler.services.event_logs import get_event_logs
from couture_scheduler.services.metrics import get_metrics
from couture_scheduler.services.task_views import get_task_instance_view, get_why
from couture_scheduler.services.workflow import Call

Ask = Callable[[Call], Any]
_ANY = {"dag_id": "~", "dag_run_id": "~"}


class Calls:
    """Makes calls; the same seed makes the same ones."""

    def __init__(self, size: Size):
        self._size = size
        self._chance = Random(3)

    def all(self) -> Iterator[tuple[str, Ask]]:
        """Yield each call with what it shows."""
        yield "side panel: a page of DAGs with their last runs", self._panel
        yield "status bar", lambda c: status.get_status(c)
        yield "metrics", lambda c: get_metrics(c)
        yield "a DAG's page", lambda c: dag_views.get_dag_detail(c, dag_id=self._dag())
        yield "graph of a run", self._graph
        yield "why a task does not run", self._why
        yield "a task with its tries", self._task
        yield "jobs", lambda c: jobs.get_jobs(c, query=JobQuery(order_by=["-start_date"]))
        yield "audit log", lambda c: get_audit_logs(c, query=AuditQuery(order_by=["-when"]))
        yield "health", lambda c: jobs.get_health(c)
        yield from self._dags()
        yield from self._runs()
        yield from self._instances()
        yield from self._events()
        yield from self._xcoms()

    def _dag(self) -> str:
        return f"dag_{self._chance.randrange(self._size.dags)}"

    def _run(self) -> str:
        return f"scheduled__{self._chance.randrange(self._size.runs)}"

    def _one(self) -> dict[str, str]:
        return {"dag_id": self._dag(), "dag_run_id": self._run()}

    def _some_task(self) -> dict[str, str]:
        return {**self._one(), "task_id": f"t{self._chance.randrange(self._size.tasks)}"}

    def _dates(self, days: int) -> dict[str, Any]:
        until = END - timedelta(days=self._chance.randrange(self._size.runs - days))
        return {"start_date_gte": until - timedelta(days=days), "start_date_lte": until}

    def _panel(self, call: Call) -> Any:
        return dag_views.get_dag_list(call, query=DagListQuery(after=self._dag()))

    def _graph(self, call: Call) -> Any:
        return dag_views.get_graph(call, dag_id=self._dag(), query=GraphQuery(run_id=self._run()))

    def _why(self, call: Call) -> Any:
        last = {"dag_id": f"dag_{self._size.dags - 1}", "task_id": f"t{self._size.tasks - 1}"}
        run_id = f"scheduled__{self._size.runs - 1}"
        return get_why(call, **last, dag_run_id=run_id, query=MapIndex())

    def _task(self, call: Call) -> Any:
        return get_task_instance_view(call, **self._some_task(), query=MapIndex())

    def _dags(self) -> Iterator[tuple[str, Ask]]:
        def listed(**more: Any) -> Ask:
            return lambda call: dags.get_dags(call, query=DagQuery(**more))

        yield "DAGs", listed()
        yield "DAGs of a tag, by id, down", listed(tags=["team 3"], order_by=["-dag_id"])
        yield "DAGs whose last run failed", listed(last_dag_run_state="failed")
        yield "runs of all DAGs by state", lambda c: dags.get_dag_stats(c, query=StatsQuery())
        yield "one DAG in full", lambda c: dags.get_dag_details(c, dag_id=self._dag())

    def _runs(self) -> Iterator[tuple[str, Ask]]:
        def listed(dag_id: str | None = None, **more: Any) -> Ask:
            return lambda call: dag_runs.get_dag_runs(
                call, dag_id=dag_id or self._dag(), query=RunQuery(**more)
            )

        down = ["-run_after"]
        yield "runs of a DAG, newest first", listed(order_by=down)
        yield "runs of a DAG, a page far down", listed(order_by=["-logical_date"], offset=200)
        yield "calendar: a year of a DAG's runs", listed(order_by=down, limit=365)
        yield "runs of all", listed("~")
        yield "runs of all, newest first", listed("~", order_by=down)
        yield "runs of all, newest start first", listed("~", order_by=["-start_date"])
        yield "runs of all that failed, newest first", listed("~", order_by=down, state=["failed"])
        yield "runs of all that run", listed("~", state=["running"])
        yield "runs of all, some days", lambda c: listed("~", **self._dates(3), order_by=down)(c)
        yield "one run", lambda c: dag_runs.get_dag_run(c, **self._one())

    def _instances(self) -> Iterator[tuple[str, Ask]]:
        def listed(where: dict[str, str] | None = None, **more: Any) -> Ask:
            return lambda call: tis.get_task_instances(
                call, **(where or self._one()), query=TaskInstanceQuery(**more)
            )

        down = ["-start_date"]
        yield "tasks of a run", listed()
        yield "tasks of all", listed(_ANY)
        yield "tasks of all, newest first", listed(_ANY, order_by=down)
        yield "tasks of all that failed", listed(_ANY, state=["failed"])
        yield (
            "tasks of all that failed, newest first",
            listed(_ANY, state=["failed"], order_by=down),
        )
        yield "tasks of all that run", listed(_ANY, state=["running"], order_by=down)
        yield "tasks of all, a page far down", listed(_ANY, order_by=down, offset=5000)
        yield "tasks of all, some days", lambda c: listed(_ANY, **self._dates(3))(c)
        yield (
            "tasks of all that failed, some days, newest first",
            lambda c: listed(_ANY, **self._dates(3), state=["failed"], order_by=down)(c),
        )
        yield "tasks of all by runs' dates", lambda c: listed(_ANY, **self._run_dates())(c)
        yield (
            "grid: tasks of a DAG's last runs",
            lambda c: listed(self._of_dag(), run_after_gte=END - timedelta(days=25), limit=500)(c),
        )
        yield (
            "tasks of a DAG that failed, newest first",
            lambda c: listed(self._of_dag(), state=["failed"], order_by=down)(c),
        )
        yield "durations: one task in all runs of a DAG", self._durations
        yield "one task", lambda c: tis.get_task_instance(c, **self._some_task())

    def _of_dag(self) -> dict[str, str]:
        return {"dag_id": self._dag(), "dag_run_id": "~"}

    def _run_dates(self) -> dict[str, Any]:
        until = END - timedelta(days=self._chance.randrange(self._size.runs - 3))
        return {"run_after_gte": until - timedelta(days=2), "run_after_lt": until}

    def _durations(self, call: Call) -> Any:
        query = TaskInstanceQuery(task_id="t3", order_by=["-start_date"], limit=250)
        return tis.get_task_instances(call, **self._of_dag(), query=query)

    def _events(self) -> Iterator[tuple[str, Ask]]:
        def listed(**more: Any) -> Ask:
            return lambda call: get_event_logs(call, query=EventLogQuery(**more))

        down = ["-when"]
        yield "event log", listed(order_by=down)
        yield "event log from its beginning", listed()
        yield "event log of a DAG", lambda c: listed(dag_id=self._dag(), order_by=down)(c)
        yield (
            "event log of a run",
            lambda c: listed(dag_id=self._dag(), run_id=self._run(), order_by=down)(c),
        )
        yield (
            "event log of a task",
            lambda c: listed(dag_id=self._dag(), run_id=self._run(), task_id="t3")(c),
        )
        yield "event log: failures", listed(event="failed", order_by=down)
        yield "event log of a day", lambda c: listed(**self._between(), order_by=down)(c)

    def _between(self) -> dict[str, Any]:
        until = END - timedelta(days=self._chance.randrange(self._size.runs))
        return {"after": until - timedelta(days=1), "before": until}

    def _xcoms(self) -> Iterator[tuple[str, Ask]]:
        def listed(call: Call, **where: Any) -> Any:
            return xcoms.get_xcom_entries(call, **where, query=XComQuery())

        yield "XComs of a task", lambda c: listed(c, **self._some_task())
        yield (
            "XComs of all",
            lambda c: listed(c, dag_id="~", dag_run_id="~", task_id="~"),
        )
        yield (
            "one XCom",
            lambda c: xcoms.get_xcom_entry(
                c, **self._one(), task_id="t1", xcom_key="return_value", query=XComEntryQuery()
            ),
        )
