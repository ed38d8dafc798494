"""From rows to what v2.yaml calls a DAG run, a task instance, a version."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from couture_scheduler.schemas.dag_runs import DAGRunResponse
from couture_scheduler.schemas.dag_versions import DagVersionResponse
from couture_scheduler.schemas.task_instances import (
    TaskInstanceHistoryResponse,
    TaskInstanceResponse,
)
from couture_scheduler.states import AttemptState, TaskState

_TRY_STATES = {
    AttemptState.QUEUED: "queued",
    AttemptState.RUNNING: "running",
    AttemptState.SUCCESS: "success",
    AttemptState.SKIPPED: "skipped",
    AttemptState.RESCHEDULED: "up_for_reschedule",
    AttemptState.DEFERRED: "deferred",
}


def uuid_of(number: int) -> UUID:
    """Return the wire's form of one of our ids."""
    return UUID(int=number)


def task_state(state: str) -> str | None:
    """Return a task instance's state; not started is null."""
    return None if state == TaskState.NONE else str(state)


def try_state(state: str) -> str:
    """Return an attempt's state in Airflow's words: stopped and lost ones have failed."""
    return _TRY_STATES.get(AttemptState(state), "failed")


def seconds(start: datetime | None, end: datetime | None) -> float | None:
    """Return how long it took; None = it is not over."""
    return (end - start).total_seconds() if start and end else None


@lru_cache(1000)
def version(version_id: int, dag_id: str, number: int, created_at: datetime) -> DagVersionResponse:
    """Return a version of a DAG; most rows of a list have the same few."""
    return DagVersionResponse(
        id=uuid_of(version_id),
        version_number=number,
        dag_id=dag_id,
        dag_display_name=dag_id,
        created_at=created_at,
    )


def dag_run(row: Any) -> DAGRunResponse:
    """Return a run of `store.lists`."""
    return dag_runs([row])[0]


def dag_runs(rows: Sequence[Any]) -> list[DAGRunResponse]:
    """Return runs of one list of `store.lists`."""
    return [_dag_run(row) for row in _by_column(rows)]


def task_instance(row: Any) -> TaskInstanceResponse:
    """Return a task instance of `store.lists`."""
    return task_instances([row])[0]


def task_instances(rows: Sequence[Any]) -> list[TaskInstanceResponse]:
    """Return task instances of one list of `store.lists`."""
    return [_task_instance(row) for row in _by_column(rows)]


def task_tries(row: Any, attempts: Iterable[Any]) -> list[TaskInstanceHistoryResponse]:
    """Return tries of one task instance, each by its last attempt."""
    (of_task,) = _by_column([row])
    return [_task_try(of_task, attempt) for attempt in attempts]


def _by_column(rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield rows of one query as `_asdict()` does, which asks each of hundreds for its names."""
    names = rows[0]._fields if rows else ()
    return (dict(zip(names, row, strict=True)) for row in rows)


def _dag_run(row: dict[str, Any]) -> DAGRunResponse:
    its_version = _version_of(row)
    return DAGRunResponse.model_validate(
        {
            **row,
            "dag_run_id": row["run_id"],
            "dag_display_name": row["dag_id"],
            "duration": seconds(row["start_date"], row["end_date"]),
            "triggering_user_name": row["triggering_user"],
            "conf": row["conf"] or {},
            "dag_versions": [its_version] if its_version else [],
        }
    )


def _task_instance(row: dict[str, Any]) -> TaskInstanceResponse:
    return TaskInstanceResponse.model_validate(
        {
            **_shared(row),
            "id": uuid_of(row["id"]),
            "duration": seconds(row["start_date"], row["end_date"]),
            "state": task_state(row["state"]),
            "queued_when": row["queued_at"],
            "scheduled_when": row["scheduled_at"],
        }
    )


def _task_try(row: dict[str, Any], attempt: Any) -> TaskInstanceHistoryResponse:
    return TaskInstanceHistoryResponse.model_validate(
        {
            **_shared(row),
            "start_date": attempt.claimed_at,
            "end_date": attempt.ended_at,
            "duration": seconds(attempt.claimed_at, attempt.ended_at),
            "state": try_state(attempt.state),
            "try_number": attempt.try_number,
            "hostname": attempt.host_id,
            "pid": attempt.pid,
            "queued_when": attempt.created_at,
            "scheduled_when": None,
            "executor": attempt.executor,
        }
    )


def _shared(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the wire shows under its columns' names, and what under others."""
    return {
        **row,
        "task_display_name": row["task_id"],
        "dag_display_name": row["dag_id"],
        "dag_run_id": row["run_id"],
        "operator_name": row["operator"],
        "dag_version": _version_of(row),
    }


def _version_of(row: dict[str, Any]) -> DagVersionResponse | None:
    if row["version_number"] is None:
        return None
    names = ("dag_version_id", "dag_id", "version_number", "version_created_at")
    return version(*(row[name] for name in names))
