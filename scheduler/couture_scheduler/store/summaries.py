"""What overviews show: last runs of every DAG, counts by state, signs of life."""

from collections import defaultdict
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, func, literal, select, type_coerce

from couture_scheduler.clock import EPOCH
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag, dag_run, dag_version, import_error, job, task_instance
from couture_scheduler.db.types import UtcMicros
from couture_scheduler.rights import DagScope
from couture_scheduler.states import RunState, TaskState
from couture_scheduler.store.listing import Query, visible
from couture_scheduler.store.lists import of_files

_MOST_DAGS = 2**31 - 1  #: as many as there are


class RunInShort(NamedTuple):
    """A run as overviews show it; times in microseconds since 1970, as they are kept.

    Equal ones look the same, so whoever makes something of one may keep it.
    """

    id: int
    dag_id: str
    run_id: str
    state: str
    run_after: int
    start_date: int | None
    end_date: int | None


_IN_SHORT = (
    *(dag_run.c[name] for name in ("id", "dag_id", "run_id", "state")),
    *(type_coerce(dag_run.c[name], BigInteger) for name in ("run_after", "start_date", "end_date")),
)


def list_recent_runs(tx: Tx, dag_ids: list[str], count: int) -> dict[str, tuple[RunInShort, ...]]:
    """Return the last `count` runs of each DAG in short, oldest first, by dag_id."""
    found: dict[str, list[RunInShort]] = defaultdict(list)
    for run in map(RunInShort._make, tx.rows(_last_runs(count), {"dag_ids": dag_ids})):
        found[run.dag_id].append(run)
    return {dag_id: tuple(runs[-count:]) for dag_id, runs in found.items()}


@lru_cache
def _last_runs(count: int) -> Query:
    """Find for each DAG since when its last runs are, then the runs since; there may be some more."""
    inner, index = dag_run.alias(), "FORCE INDEX (ix_dag_run_dag_after)"  # MySQL takes another
    since = (
        select(inner.c.run_after)
        .with_hint(inner, index, "mysql")
        .where(inner.c.dag_id == dag.c.dag_id)
        .order_by(inner.c.run_after.desc())
        .limit(1)
        .offset(count - 1)
        .scalar_subquery()
    )
    begins = func.coalesce(since, literal(EPOCH, UtcMicros())).label("since")
    these = dag.c.dag_id.in_(bindparam("dag_ids", expanding=True))
    # the limit has it found once for each DAG, not for each run
    each = select(dag.c.dag_id, begins).where(these).limit(_MOST_DAGS).subquery()
    return (
        select(*_IN_SHORT)
        .join(each, each.c.dag_id == dag_run.c.dag_id)
        .with_hint(dag_run, index, "mysql")
        .where(dag_run.c.run_after >= each.c.since)
        .order_by(dag_run.c.run_after, dag_run.c.id)
    )


def count_task_states(tx: Tx, run_pks: list[int]) -> dict[int, dict[str, int]]:
    """Return how many task instances of each run are in which state."""
    rows = tx.rows(
        select(task_instance.c.run_pk, task_instance.c.state, func.count().label("count"))
        .where(task_instance.c.run_pk.in_(run_pks))
        .group_by(task_instance.c.run_pk, task_instance.c.state)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row.run_pk][row.state] = row.count
    return found


def count_runs(tx: Tx, dag_ids: list[str]) -> dict[str, dict[str, int]]:
    """Return how many runs of each DAG are in which state."""
    rows = tx.rows(
        select(dag_run.c.dag_id, dag_run.c.state, func.count().label("count"))
        .where(dag_run.c.dag_id.in_(dag_ids))
        .group_by(dag_run.c.dag_id, dag_run.c.state)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row.dag_id][row.state] = row.count
    return found


def count_running(tx: Tx, dags: DagScope) -> tuple[int, int]:
    """Return how many runs and how many task instances are running."""
    runs = select(func.count()).where(
        dag_run.c.state == RunState.RUNNING, *visible(dag_run.c.dag_id, dags)
    )
    tasks = select(func.count()).where(
        task_instance.c.state == TaskState.RUNNING, *visible(task_instance.c.dag_id, dags)
    )
    return tx.scalar(runs), tx.scalar(tasks)


def next_run(tx: Tx, dags: DagScope) -> Any | None:
    """Return dag_id and run_after of the run that is created next, or None."""
    return tx.first(
        select(dag.c.dag_id, dag.c.next_run_after)
        .where(dag.c.is_active.is_(True), dag.c.is_paused.is_(False))
        .where(dag.c.next_run_after.is_not(None), *visible(dag.c.dag_id, dags))
        .order_by(dag.c.next_run_after)
        .limit(1)
    )


def find_last_job(tx: Tx, job_type: str) -> Any | None:
    """Return the latest process of a kind, running or not."""
    return tx.first(
        select(job).where(job.c.job_type == job_type).order_by(job.c.id.desc()).limit(1)
    )


def list_tags(tx: Tx, dags: DagScope) -> list[str]:
    """Return the tags of all active DAGs, each once."""
    rows = tx.rows(
        select(dag.c.tags).where(dag.c.is_active.is_(True), *visible(dag.c.dag_id, dags))
    )
    return sorted({tag for row in rows for tag in row.tags or ()})


def list_all_import_errors(tx: Tx) -> list[Any]:
    """Return every import error."""
    return tx.rows(select(import_error).order_by(import_error.c.path))


def list_import_errors(tx: Tx, dags: DagScope, account: str) -> list[Any]:
    """Return the import errors of files of these DAGs or of an account."""
    query = select(import_error).where(*of_files(dags, account))
    return tx.rows(query.order_by(import_error.c.path))


def find_import_error(tx: Tx, error_id: int, dags: DagScope, account: str) -> Any | None:
    """Return one import error, or None."""
    found = select(import_error).where(import_error.c.id == error_id)
    return tx.first(found.where(*of_files(dags, account)))


def list_active_dags(
    tx: Tx, dags: DagScope, after: str | None = None, limit: int | None = None
) -> list[Any]:
    """Return active DAGs with their versions' numbers, by their ids: behind one, so many, or all."""
    query = _dags_with_versions().where(dag.c.is_active.is_(True), *visible(dag.c.dag_id, dags))
    if after is not None:
        query = query.where(dag.c.dag_id > after)
    return tx.rows(query.order_by(dag.c.dag_id).limit(limit))


def list_active_ids(tx: Tx, dags: DagScope) -> list[str]:
    """Return the ids of active DAGs, in their order."""
    query = select(dag.c.dag_id).where(dag.c.is_active.is_(True), *visible(dag.c.dag_id, dags))
    return tx.scalars(query.order_by(dag.c.dag_id))


def list_dags_of(tx: Tx, dag_ids: list[str]) -> list[Any]:
    """Return these DAGs with their versions' numbers, active or not."""
    return tx.rows(_dags_with_versions().where(dag.c.dag_id.in_(dag_ids)))


_INNER = (
    *("active_runs", "occupied", "held_back", "next_logical_date", "next_interval_end"),
    *("catchup", "max_active_tasks", "last_parsed", "created_at"),
)  #: of a DAG: what no overview shows


def _dags_with_versions() -> Query:
    return select(
        *(column for column in dag.c if column.name not in _INNER),
        dag_version.c.version_number,
        dag_version.c.created_at.label("version_created_at"),
    ).outerjoin(dag_version, dag_version.c.id == dag.c.version_id)


def list_version_data(tx: Tx, version_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Return the contents of DAG versions by their ids."""
    rows = tx.rows(
        select(dag_version.c.id, dag_version.c.data).where(dag_version.c.id.in_(version_ids))
    )
    return {row.id: row.data for row in rows}
