"""What Lab shows of DAGs: the list, the head of a DAG's page, the graph."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from couture_scheduler.clock import from_micros
from couture_scheduler.db.database import Tx
from couture_scheduler.default_roles import ACTIONS
from couture_scheduler.schemas.dag_views import (
    DagDetail,
    DagList,
    DagListQuery,
    DagRow,
    Graph,
    GraphQuery,
    ImportErrorView,
    RunOfGraph,
    RunSummary,
    RunView,
    ScheduleView,
)
from couture_scheduler.services import wire
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.child_runs import children_of
from couture_scheduler.services.graphs import groups_of, nodes_of, states_of
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import TaskState
from couture_scheduler.store import dags, runs, summaries
from couture_scheduler.store.summaries import RunInShort

_BARS = 10
_SHOWN = ("display_name", "params", "notebook", "schedule_text")


@service("can_list", "DagModelView")
def get_dag_list(tx: Tx, call: Call, query: DagListQuery) -> DagList:
    """List DAGs with their last runs, and the files that could not be imported, by the page."""
    rows = summaries.list_active_dags(tx, call.dags, query.after, query.limit + 1)
    page = rows[: query.limit]
    errors = _visible_errors(tx, call) if query.after is None else []
    return DagList(
        dags=_rows(tx, call, page),
        import_errors=errors,
        next=page[-1].dag_id if len(rows) > len(page) else None,
    )


def _visible_errors(tx: Tx, call: Call) -> list[ImportErrorView]:
    found = summaries.list_import_errors(tx, call.dags, call.actor.account)
    return _import_errors(found, summaries.list_active_dags(tx, call.dags)) if found else []


@service("can_list", "DagModelView")
def get_dag_rows(tx: Tx, call: Call, dag_ids: list[str]) -> list[DagRow]:
    """List some DAGs; those that are gone are left out."""
    rows = [row for row in summaries.list_dags_of(tx, dag_ids) if row.is_active]
    return _rows(tx, call, [row for row in rows if _lists(call.actor, row.dag_id)])


def _lists(actor: Actor, dag_id: str) -> bool:
    return actor.sees(dag_id) and actor.allows("can_list", "DagModelView", dag_id)


def list_import_errors(tx: Tx) -> list[ImportErrorView]:
    """Return every import error, with the DAGs of its file."""
    found = summaries.list_all_import_errors(tx)
    return _import_errors(found, summaries.list_active_dags(tx, None))


@service("can_dag_details", "Airflow", dag="dag_id")
def get_dag_detail(tx: Tx, call: Call, dag_id: str) -> DagDetail:
    """Return what a DAG's page needs."""
    dags.get_dag(tx, dag_id)
    rows = summaries.list_dags_of(tx, [dag_id])
    data = _data(tx, call, rows)[rows[0].version_id]
    broken = [one for one in summaries.list_all_import_errors(tx) if one.path == rows[0].path]
    errors = _import_errors(broken, rows)
    return DagDetail(
        **_rows(tx, call, rows)[0].model_dump(),
        params=data["params"],
        version_number=rows[0].version_number,
        max_active_runs=rows[0].max_active_runs,
        import_error=errors[0] if errors else None,
        notebook=data["notebook"],
    )


@service("can_graph", "Airflow", dag="dag_id")
def get_graph(tx: Tx, call: Call, dag_id: str, query: GraphQuery) -> Graph:
    """Return tasks and edges; with a run, as the run knew them, and their states."""
    dag = dags.get_dag(tx, dag_id)
    run = runs.get_run(tx, dag_id, query.run_id) if query.run_id else None
    version_id = run.dag_version_id if run else dag.version_id
    plan = call.workflow.plans.get(tx, version_id)
    version = dags.find_version(tx, version_id)
    return Graph(
        version_number=version.version_number if version else None,
        nodes=nodes_of(plan, children_of(tx, call.actor, plan)),
        groups=groups_of(plan),
        edges=[(name, below) for name, task in plan.tasks.items() for below in task.downstream],
        edge_labels=plan.data.get("edge_labels") or {},
        run=RunOfGraph(**_run(run), conf=run.conf) if run else None,
        states=states_of(tx, plan, run) if run else {},
    )


def _rows(tx: Tx, call: Call, rows: list[Any]) -> list[DagRow]:
    recent = summaries.list_recent_runs(tx, [row.dag_id for row in rows], _BARS)
    counts = summaries.count_task_states(tx, [found[-1].id for found in recent.values()])
    data = _data(tx, call, rows)
    broken = {row.path for row in summaries.list_all_import_errors(tx)}
    rights = call.actor.held_on(ACTIONS, [row.dag_id for row in rows])
    return [
        _row(
            *(call, row, rights[row.dag_id], data[row.version_id]),
            *(recent.get(row.dag_id, ()), counts, broken),
        )
        for row in rows
    ]


def _row(
    call: Call,
    row: Any,
    rights: list[str],
    data: dict[str, Any],
    recent: tuple[RunInShort, ...],
    counts: dict[int, dict[str, int]],
    broken: set[str],
) -> DagRow:
    last = recent[-1] if recent else None
    states = counts.get(last.id, {}) if last else {}
    owners = row.owners or []
    schedule = ScheduleView(
        text=row.schedule_text,
        raw=data["schedule_text"],
        timezone=row.schedule.get("timezone", "UTC"),
    )
    return DagRow(
        dag_id=row.dag_id,
        rights=rights,
        display_name=data["display_name"] or row.dag_id,
        description=row.description,
        is_paused=row.is_paused,
        schedule=schedule,
        owners=owners,
        tags=row.tags or [],
        next_run_after=row.next_run_after,
        file_path=row.path,
        has_import_errors=row.path in broken,
        is_notebook=data["notebook"] is not None,
        has_params=bool(data["params"]),
        last_run=_view(last) if last else None,
        recent_runs=_bars(recent),
        task_counts={s: n for s, n in states.items() if s != TaskState.NONE},
        mine=call.actor.owns(owners),
    )


@lru_cache(5000)
def _bars(recent: tuple[RunInShort, ...]) -> list[RunSummary]:
    """Return a bar for each run, the same ones for the same runs: most DAGs have no new ones."""
    return [RunSummary(**_summary(run)) for run in recent]


def _view(run: RunInShort) -> RunView:
    start, end = run.start_date, run.end_date
    return RunView(
        **_summary(run),
        start_date=from_micros(start) if start else None,
        end_date=from_micros(end) if end else None,
    )


def _summary(run: RunInShort) -> dict[str, Any]:
    start, end = run.start_date, run.end_date
    return {
        "run_id": run.run_id,
        "state": run.state,
        "run_after": from_micros(run.run_after),
        "duration": (end - start) / 1e6 if start and end else None,
    }


def _run(run: Any) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "state": run.state,
        "run_after": run.run_after,
        "start_date": run.start_date,
        "end_date": run.end_date,
        "duration": wire.seconds(run.start_date, run.end_date),
    }


def _data(tx: Tx, call: Call, rows: list[Any]) -> dict[int, dict[str, Any]]:
    """Return what the list shows of each version; versions never change, so it is kept."""
    kept = call.workflow.shown_of_versions
    wanted = {row.version_id for row in rows}
    missing = sorted(wanted - kept.keys())
    for version_id, data in summaries.list_version_data(tx, missing).items():
        kept[version_id] = {name: data[name] for name in _SHOWN}
    return kept


def _import_errors(errors: list[Any], rows: list[Any]) -> list[ImportErrorView]:
    of_file: dict[str, list[Any]] = {}
    for row in rows:
        of_file.setdefault(row.path, []).append(row)
    return [_import_error(error, of_file.get(error.path, [])) for error in errors]


def _import_error(error: Any, rows: list[Any]) -> ImportErrorView:
    good: list[datetime] = [row.version_created_at for row in rows if row.version_created_at]
    return ImportErrorView(
        import_error_id=error.id,
        filename=error.path,
        line=error.line,
        message=error.message,
        stack_trace=error.stack_trace or error.message,
        timestamp=error.created_at,
        dag_ids=[row.dag_id for row in rows],
        last_good_version=max(good, default=None),
    )
