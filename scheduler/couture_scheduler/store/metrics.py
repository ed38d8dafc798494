"""What is counted for those who watch a deployment: only rows that are open, so that it stays quick."""

from typing import Any

from sqlalchemy import func, select

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import (
    attempt,
    dag,
    dag_run,
    host,
    import_error,
    job,
    pool,
    task_instance,
)
from couture_scheduler.states import AttemptState, RunState, TaskState

OPEN_TASKS = (
    *(TaskState.SCHEDULED, TaskState.QUEUED, TaskState.RUNNING, TaskState.RESTARTING),
    *(TaskState.DEFERRED, TaskState.UP_FOR_RETRY, TaskState.UP_FOR_RESCHEDULE),
)
OPEN_RUNS = (RunState.QUEUED, RunState.RUNNING)


def count_open_tasks(tx: Tx) -> dict[str, int]:
    """Return how many task instances wait or run, by state."""
    return _counts(tx, task_instance.c.state, task_instance.c.state.in_(OPEN_TASKS))


def count_open_runs(tx: Tx) -> dict[str, int]:
    """Return how many runs are queued or running."""
    return _counts(tx, dag_run.c.state, dag_run.c.state.in_(OPEN_RUNS))


def count_running(tx: Tx) -> dict[str, int]:
    """Return how many attempts each host runs."""
    return _counts(tx, attempt.c.host_id, attempt.c.state == AttemptState.RUNNING)


def list_queues(tx: Tx) -> list[Any]:
    """Return of each queue how many attempts wait for a host, and since when the first one does."""
    return tx.rows(
        select(
            attempt.c.queue,
            func.count().label("depth"),
            func.min(attempt.c.created_at).label("since"),
        )
        .where(attempt.c.state == AttemptState.QUEUED)
        .group_by(attempt.c.queue)
        .order_by(attempt.c.queue)
    )


def list_pools(tx: Tx) -> list[Any]:
    """Return all pools."""
    return tx.rows(select(pool).order_by(pool.c.name))


def first_late(tx: Tx) -> Any | None:
    """Return the earliest time at which a run should have been made that is not made yet."""
    return tx.scalar(
        select(func.min(dag.c.next_run_after)).where(
            dag.c.is_active.is_(True),
            dag.c.is_paused.is_(False),
            dag.c.held_back.is_(False),
            dag.c.next_run_after < tx.now,
        )
    )


def list_hosts(tx: Tx) -> list[Any]:
    """Return all hosts that have ever run attempts, with what they run now and how their agent is."""
    running = select(func.count()).where(
        attempt.c.state == AttemptState.RUNNING, attempt.c.host_id == host.c.id
    )
    agent = select(job.c.state).where(job.c.job_type == "AgentJob", job.c.hostname == host.c.id)
    newest = agent.order_by(job.c.id.desc()).limit(1)
    return tx.rows(
        select(
            host,
            running.scalar_subquery().label("running"),
            newest.scalar_subquery().label("agent_state"),
        ).order_by(host.c.id)
    )


def count_import_errors(tx: Tx) -> int:
    """Return how many files cannot be read, or are warned of."""
    return tx.scalar(select(func.count()).select_from(import_error))


def list_figures(tx: Tx, since: Any) -> list[dict[str, Any] | None]:
    """Return what the schedulers have counted that have shown a sign of life since then."""
    query = select(job.c.figures).where(
        job.c.job_type == "SchedulerJob",
        job.c.state == "running",
        job.c.latest_heartbeat > since,
    )
    return [row.figures for row in tx.rows(query)]


def list_beats(tx: Tx) -> list[Any]:
    """Return the last sign of life of each kind of process that runs, on each host."""
    return tx.rows(
        select(job.c.job_type, job.c.hostname, func.max(job.c.latest_heartbeat).label("at"))
        .where(job.c.state == "running")
        .group_by(job.c.job_type, job.c.hostname)
        .order_by(job.c.job_type, job.c.hostname)
    )


def _counts(tx: Tx, column: Any, which: Any) -> dict[str, int]:
    rows = tx.rows(
        select(column.label("name"), func.count().label("count")).where(which).group_by(column)
    )
    return {row.name: row.count for row in rows}
