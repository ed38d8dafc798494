"""DAGs: list, details, switch."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.schemas.dags import (
    DAGCollectionResponse,
    DAGDetailsResponse,
    DAGPatchBody,
    DagPatchQuery,
    DagQuery,
    DAGResponse,
    DagStatsCollectionResponse,
    DagStatsResponse,
    DagStatsStateResponse,
    DAGTagCollectionResponse,
    DagTagResponse,
    StatsQuery,
    TagQuery,
)
from couture_scheduler.services import wire
from couture_scheduler.services.paging import criteria, wanted_fields
from couture_scheduler.services.service import service
from couture_scheduler.services.switch import refuse_flood, switch
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import RunState
from couture_scheduler.store import dags, lists, summaries


@service("can_list", "DagModelView")
def get_dags(tx: Tx, call: Call, query: DagQuery) -> DAGCollectionResponse:
    """List DAGs."""
    conditions = lists.dag_conditions(
        only_active=query.exclude_stale,
        tags=query.tags,
        match_all_tags=query.tags_match_mode == "all",
        owners=query.owners,
        has_import_errors=query.has_import_errors,
        last_run_state=query.last_dag_run_state,
    )
    asked = criteria(query, lists.DAG_COLUMNS)
    listed = lists.list_dags(tx, asked, call.dags, conditions)
    broken = _broken_files(tx)
    found = [DAGResponse(**_dag(call, row, broken)) for row in listed.rows]
    return DAGCollectionResponse(dags=found, total_entries=listed.total)


@service("can_show", "DagModelView", dag="dag_id")
def get_dag(tx: Tx, call: Call, dag_id: str) -> DAGResponse:
    """Return one DAG."""
    return DAGResponse(**_dag(call, dags.get_dag(tx, dag_id), _broken_files(tx)))


@service("can_dag_details", "Airflow", dag="dag_id")
def get_dag_details(tx: Tx, call: Call, dag_id: str) -> DAGDetailsResponse:
    """Return one DAG with what its file says of it."""
    row = dags.get_dag(tx, dag_id)
    version = dags.find_version(tx, row.version_id)
    assert version is not None
    data = version.data
    timeout = data["dagrun_timeout"]
    return DAGDetailsResponse(
        **_dag(call, row, _broken_files(tx)),
        catchup=row.catchup,
        dag_run_timeout=None if timeout is None else f"PT{timeout:g}S",
        doc_md=data["doc_md"],
        start_date=data["start_date"],
        end_date=data["end_date"],
        is_paused_upon_creation=data["is_paused_upon_creation"],
        params=data["params"],
        render_template_as_native_obj=data["render_template_as_native_obj"],
        timezone=data["timezone"],
        last_parsed=row.last_parsed,
        active_runs_count=row.active_runs,
        concurrency=row.max_active_tasks,
        latest_dag_version=wire.version(
            version.id, dag_id, version.version_number, version.created_at
        ),
    )


@service("can_paused", "DagModelView", dag="dag_id", mutates=True)
def patch_dag(
    tx: Tx, call: Call, dag_id: str, body: DAGPatchBody, query: DagPatchQuery
) -> DAGResponse:
    """Switch a DAG on or off."""
    row = dags.get_dag(tx, dag_id)
    if "is_paused" in wanted_fields(body, query) and body.is_paused != row.is_paused:
        if not body.is_paused and not query.confirm:
            refuse_flood(tx, row)
        switch(tx, call, row, is_paused=body.is_paused)
    return DAGResponse(**_dag(call, dags.get_dag(tx, dag_id), _broken_files(tx)))


@service("can_dag_stats", "Airflow")
def get_dag_stats(tx: Tx, call: Call, query: StatsQuery) -> DagStatsCollectionResponse:
    """Count the runs of DAGs by state."""
    dag_ids = summaries.list_active_ids(tx, call.dags)
    wanted = [one for one in dag_ids if not query.dag_ids or one in query.dag_ids]
    counts = summaries.count_runs(tx, wanted)
    found = [_stats(dag_id, counts.get(dag_id, {})) for dag_id in wanted]
    return DagStatsCollectionResponse(dags=found, total_entries=len(found))


def _stats(dag_id: str, counts: dict[str, int]) -> DagStatsResponse:
    stats = [
        DagStatsStateResponse(state=state.value, count=counts.get(state, 0)) for state in RunState
    ]
    return DagStatsResponse(dag_id=dag_id, dag_display_name=dag_id, stats=stats)


@service("can_list", "DagModelView")
def get_dag_tags(tx: Tx, call: Call, query: TagQuery) -> DAGTagCollectionResponse:
    """List the tags of all DAGs."""
    part = (query.tag_name_pattern or "").lower()
    start = query.tag_name_prefix_pattern or ""
    tags = [
        tag
        for tag in summaries.list_tags(tx, call.dags)
        if part in tag.lower() and tag.startswith(start)
    ]
    if query.order_by == ["-name"]:
        tags.reverse()
    page = tags[query.offset : query.offset + query.limit]
    return DAGTagCollectionResponse(tags=page, total_entries=len(tags))


def raw_schedule(schedule: dict[str, Any]) -> str | None:
    """Return a schedule as an author would write it."""
    match schedule["type"]:
        case "cron":
            return schedule["cron"]
        case "once":
            return "@once"
        case "interval":
            months = f"{schedule['months']} months " if schedule.get("months") else ""
            return f"{months}{schedule['seconds']:g} s"
    return None


def _broken_files(tx: Tx) -> set[str]:
    return {row.path for row in summaries.list_all_import_errors(tx)}


def _dag(call: Call, row: Any, broken: set[str]) -> dict[str, Any]:
    tags = [
        DagTagResponse(name=tag, dag_id=row.dag_id, dag_display_name=row.dag_id)
        for tag in row.tags or ()
    ]
    return {
        "dag_id": row.dag_id,
        "dag_display_name": row.dag_id,
        "is_paused": row.is_paused,
        "is_stale": not row.is_active,
        "last_parsed_time": row.last_parsed,
        "relative_fileloc": row.path,
        "fileloc": str(call.workflow.settings.dags_path / row.path),
        "file_token": row.path,
        "description": row.description,
        "timetable_summary": raw_schedule(row.schedule),
        "timetable_description": row.schedule_text,
        "timetable_periodic": row.schedule["type"] in ("cron", "interval"),
        "tags": tags,
        "max_active_tasks": row.max_active_tasks,
        "max_active_runs": row.max_active_runs,
        "has_task_concurrency_limits": False,
        "has_import_errors": row.path in broken,
        "next_dagrun_logical_date": row.next_logical_date,
        "next_dagrun_data_interval_start": row.next_logical_date,
        "next_dagrun_data_interval_end": row.next_interval_end,
        "next_dagrun_run_after": row.next_run_after,
        "owners": row.owners or [],
        "is_backfillable": row.schedule["type"] in ("cron", "interval"),
    }
