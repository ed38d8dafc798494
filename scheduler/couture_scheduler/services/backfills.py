"""Backfills: runs of a range of dates, made a few at a time by the scheduler."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.engine.decide import end_run
from couture_scheduler.errors import Conflict, Hidden, Invalid
from couture_scheduler.rules.backfills import left_out
from couture_scheduler.rules.plan import Plan
from couture_scheduler.schemas.backfills import (
    BackfillCollectionResponse,
    BackfillPostBody,
    BackfillQuery,
    BackfillResponse,
    BackfillRunCollectionResponse,
    BackfillRunResponse,
    DryRunBackfillCollectionResponse,
    DryRunBackfillResponse,
)
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import RunState
from couture_scheduler.store import backfills, dags, limits, notes
from couture_scheduler.store.backfills import BACKFILL_COLUMNS, CANCELLED
from couture_scheduler.timetables import DagRunInfo, from_schedule
from couture_scheduler.triggering import check_conf, check_params

MOST_DATES = 10_000
_NO_DATES = frozenset({"none", "once", "assets", "continuous"})


@service("can_trigger", "DagRunModelView", mutates=True)
def create_backfill(tx: Tx, call: Call, body: BackfillPostBody) -> BackfillResponse:
    """Have the runs of a range of dates made."""
    dag, dates = _planned(tx, call, body)
    limits.lock_dags(tx, [dag.dag_id])
    if backfills.find_open(tx, dag.dag_id):
        raise Conflict(
            f"A backfill of DAG {dag.dag_id!r} is under way already. Wait for it, or cancel it."
        )
    values = {
        "dag_id": dag.dag_id,
        "from_date": body.from_date,
        "to_date": body.to_date,
        "conf": body.dag_run_conf or {},
        "reprocess": body.reprocess_behavior,
        "max_active_runs": body.max_active_runs,
        "reverse": body.run_backwards,
        "user": call.actor.user,
    }
    rows = [
        {
            "logical_date": info.logical_date,
            "interval_start": info.data_interval.start,
            "interval_end": info.data_interval.end,
            "left_out": why,
        }
        for info, why in dates
    ]
    backfill_id = backfills.add_backfill(tx, values, rows)
    call.notes["after"] = {"backfill_id": backfill_id, "dates": len(rows)}
    call.workflow.ring(tx, "scheduler")
    return _answer(tx, backfills.get_backfill(tx, backfill_id))


@service("can_trigger", "DagRunModelView")
def create_backfill_dry_run(
    tx: Tx, call: Call, body: BackfillPostBody
) -> DryRunBackfillCollectionResponse:
    """Say which runs a backfill would make."""
    _, dates = _planned(tx, call, body)
    found = [
        DryRunBackfillResponse(logical_date=info.logical_date) for info, why in dates if why is None
    ]
    return DryRunBackfillCollectionResponse(backfills=found, total_entries=len(found))


@service("can_list", "DagRunModelView")
def list_backfills(tx: Tx, call: Call, query: BackfillQuery) -> BackfillCollectionResponse:
    """List backfills."""
    asked = criteria(query, BACKFILL_COLUMNS)
    listed = backfills.list_backfills(tx, asked, call.dags, query.active)
    found = [_answer(tx, row) for row in listed.rows]
    return BackfillCollectionResponse(backfills=found, total_entries=listed.total)


@service("can_show", "DagRunModelView")
def get_backfill(tx: Tx, call: Call, backfill_id: int) -> BackfillResponse:
    """Return one backfill."""
    return _answer(tx, _visible(tx, call, backfill_id))


@service("can_show", "DagRunModelView")
def get_backfill_runs(tx: Tx, call: Call, backfill_id: int) -> BackfillRunCollectionResponse:
    """Return the dates of a backfill with their runs."""
    rows = backfills.list_runs(tx, _visible(tx, call, backfill_id).id)
    found = [
        BackfillRunResponse(
            logical_date=row.logical_date,
            dag_run_id=row.run_id,
            state=row.state,
            left_out=row.left_out,
        )
        for row in rows
    ]
    return BackfillRunCollectionResponse(runs=found, total_entries=len(found))


@service("can_trigger", "DagRunModelView", mutates=True)
def pause_backfill(tx: Tx, call: Call, backfill_id: int) -> BackfillResponse:
    """Start no further runs of a backfill; those that run go on."""
    return _switch(tx, call, backfill_id, is_paused=True)


@service("can_trigger", "DagRunModelView", mutates=True)
def unpause_backfill(tx: Tx, call: Call, backfill_id: int) -> BackfillResponse:
    """Go on with a backfill."""
    return _switch(tx, call, backfill_id, is_paused=False)


@service("can_trigger", "DagRunModelView", mutates=True)
def cancel_backfill(tx: Tx, call: Call, backfill_id: int) -> BackfillResponse:
    """End a backfill: its queued runs fail, no further are made, those that run go on."""
    row = _open(tx, call, backfill_id)
    left = backfills.leave_out_rest(tx, row.id, CANCELLED)
    queued = backfills.list_open_runs(tx, row.id, RunState.QUEUED)
    backfills.set_backfill(tx, row.id, completed_at=tx.now, wake_at=None)
    for run in queued:
        reason = f"Its backfill was cancelled by {call.actor.user}."
        end_run(tx, run, RunState.FAILED, call.actor.user, reason)
    call.notes["after"] = {"cancelled_runs": len(queued), "not_made": left}
    return _answer(tx, backfills.get_backfill(tx, row.id))


def _switch(tx: Tx, call: Call, backfill_id: int, *, is_paused: bool) -> BackfillResponse:
    row = _open(tx, call, backfill_id)
    call.notes.update(before={"is_paused": row.is_paused}, after={"is_paused": is_paused})
    backfills.set_backfill(tx, row.id, is_paused=is_paused)
    if not is_paused:
        backfills.set_wake(tx, row.id)
        backfills.wake_queued(tx, row.id)
        call.workflow.ring(tx, "scheduler")
    return _answer(tx, backfills.get_backfill(tx, row.id))


def _visible(tx: Tx, call: Call, backfill_id: int) -> Any:
    """Return a backfill; one of a DAG that the actor may not see is answered as absent."""
    row = backfills.get_backfill(tx, backfill_id)
    if not call.actor.sees(row.dag_id):
        raise Hidden(f"There is no backfill {backfill_id}.")
    call.actor.require("can_show", "DagRunModelView", row.dag_id)
    return row


def _open(tx: Tx, call: Call, backfill_id: int) -> Any:
    row = _visible(tx, call, backfill_id)
    call.notes["dag_id"] = row.dag_id
    call.actor.require("can_trigger", "DagRunModelView", row.dag_id)
    if row.completed_at is not None:
        raise Conflict(f"Backfill {row.id} of DAG {row.dag_id!r} is over.")
    return row


def _planned(
    tx: Tx, call: Call, body: BackfillPostBody
) -> tuple[Any, list[tuple[DagRunInfo, str | None]]]:
    """Return the DAG and the dates of a backfill in their order, each with why it gets no run."""
    if not call.actor.sees(body.dag_id):
        raise Hidden(f"There is no DAG {body.dag_id!r}.")
    dag = dags.get_dag(tx, body.dag_id)
    call.notes["dag_id"] = dag.dag_id
    call.actor.require("can_trigger", "DagRunModelView", dag.dag_id)
    if not dag.is_active:
        raise Conflict(f"No file defines the DAG {dag.dag_id!r} any more, so it cannot run.")
    plan = call.workflow.plans.get(tx, dag.version_id)
    _check(tx, plan, body)
    check_conf(body.dag_run_conf or {}, call.workflow.settings.max_conf_bytes)
    check_params(plan.data.get("params") or {}, body.dag_run_conf or {})
    infos = []
    for info in dates_between(plan.data["schedule"], body.from_date, body.to_date, tx.now):
        infos.append(info)
        if len(infos) > MOST_DATES:
            raise Invalid(f"The range has more than {MOST_DATES:,} dates; take a part.", "to_date")
    if not infos:
        raise Invalid("No run of the schedule lies in this range and is due.", "from_date")
    dates = [(info, _left_out(tx, dag.dag_id, info, body)) for info in infos]
    return dag, dates[::-1] if body.run_backwards else dates


def dates_between(
    schedule: dict[str, Any], start: datetime, end: datetime, now: datetime
) -> Iterator[DagRunInfo]:
    """Yield the runs of a schedule whose logical dates lie in a range, and that are due."""
    timetable = from_schedule(schedule)
    last = None
    while True:
        info = timetable.next_run(last, start=start, end=end, catchup=True, now=now)
        if info is None or info.logical_date > end or info.run_after > now:
            return
        yield info
        last = info.data_interval


def _check(tx: Tx, plan: Plan, body: BackfillPostBody) -> None:
    if plan.data["schedule"]["type"] in _NO_DATES:
        raise Invalid(
            f"DAG {plan.dag_id!r} has no schedule with dates to be made up for.", "dag_id"
        )
    if body.from_date > body.to_date:
        raise Invalid("from_date is later than to_date.", "from_date")
    if body.from_date > tx.now:
        raise Invalid("A backfill is of the past: from_date lies in the future.", "from_date")
    if not any(task.depends_on_past for task in plan.tasks.values()):
        return
    if body.run_backwards:
        raise Invalid(
            f"DAG {plan.dag_id!r} has tasks with depends_on_past, so its runs cannot be made "
            "backwards.",
            "run_backwards",
        )
    if body.reprocess_behavior == "none":
        raise Invalid(
            f"DAG {plan.dag_id!r} has tasks with depends_on_past: say which runs that are there "
            "run again, failed or completed.",
            "reprocess_behavior",
        )


def _left_out(tx: Tx, dag_id: str, info: DagRunInfo, body: BackfillPostBody) -> str | None:
    run = notes.find_logical_date(tx, dag_id, info.logical_date)
    return left_out(run.state if run else None, body.reprocess_behavior)


def _answer(tx: Tx, row: Any) -> BackfillResponse:
    return BackfillResponse(
        id=row.id,
        dag_id=row.dag_id,
        dag_display_name=row.dag_id,
        from_date=row.from_date,
        to_date=row.to_date,
        dag_run_conf=row.conf,
        is_paused=row.is_paused,
        reprocess_behavior=row.reprocess,
        max_active_runs=row.max_active_runs,
        created_at=row.created_at,
        completed_at=row.completed_at,
        updated_at=row.updated_at,
        run_backwards=row.reverse,
        user=row.user,
        counts=backfills.counts(tx, row.id),
    )
