"""The lists that the API pages through: their queries, and their columns by the wire's names."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, and_, func, or_, select, type_coerce

from couture_scheduler.db.database import Tx
from couture_scheduler.db.people import dag_source
from couture_scheduler.db.tables import (
    attempt,
    dag,
    dag_run,
    dag_version,
    import_error,
    job,
    task_instance,
    xcom,
)
from couture_scheduler.rights import DagScope
from couture_scheduler.store.listing import Criteria, Listed, Query, joined, list_page, visible


def _seconds(start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[Any]:
    return (type_coerce(end, BigInteger) - type_coerce(start, BigInteger)) / 1_000_000.0


DAG_COLUMNS = {
    "dag_id": dag.c.dag_id,
    "dag_display_name": dag.c.dag_id,
    "paused": dag.c.is_paused,
    "is_paused": dag.c.is_paused,
    "next_dagrun": dag.c.next_logical_date,
    "next_dagrun_run_after": dag.c.next_run_after,
    "last_parsed_time": dag.c.last_parsed,
}


def list_dags(tx: Tx, criteria: Criteria, dags: DagScope, conditions: list[Any]) -> Listed:
    """Return a page of DAGs; `conditions` come from `dag_conditions`."""
    query = select(dag).where(*visible(dag.c.dag_id, dags), *conditions)
    return list_page(tx, query, DAG_COLUMNS, criteria, dag.c.dag_id)


def dag_conditions(
    *,
    only_active: bool = True,
    tags: list[str] | None = None,
    match_all_tags: bool = False,
    owners: list[str] | None = None,
    has_import_errors: bool | None = None,
    last_run_state: str | None = None,
) -> list[Any]:
    """Return conditions on DAGs that are no plain columns."""
    found: list[Any] = [dag.c.is_active.is_(True)] if only_active else []
    if tags:
        each = [_holds(dag.c.tags, tag) for tag in tags]
        found.append(and_(*each) if match_all_tags else or_(*each))
    if owners:
        found.append(or_(*(_holds(dag.c.owners, owner) for owner in owners)))
    if has_import_errors is not None:
        broken = dag.c.path.in_(select(import_error.c.path))
        found.append(broken if has_import_errors else ~broken)
    if last_run_state is not None:
        found.append(_last_run_state() == last_run_state)
    return found


def _last_run_state() -> ColumnElement[Any]:
    return (
        select(dag_run.c.state)
        .with_hint(dag_run, "FORCE INDEX (ix_dag_run_dag_after)", "mysql")  # it takes another
        .where(dag_run.c.dag_id == dag.c.dag_id)
        .order_by(dag_run.c.run_after.desc(), dag_run.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _holds(column: ColumnElement[Any], text: str) -> Any:
    """Say whether a JSON list of texts holds `text`: it is stored compactly, in quotes."""
    quoted = json.dumps(text, ensure_ascii=False)
    return type_coerce(column, Text).contains(quoted, autoescape=True)


RUN_COLUMNS = {
    "id": dag_run.c.id,
    "dag_id": dag_run.c.dag_id,
    "run_id": dag_run.c.run_id,
    "dag_run_id": dag_run.c.run_id,
    "state": dag_run.c.state,
    "run_type": dag_run.c.run_type,
    "logical_date": dag_run.c.logical_date,
    "run_after": dag_run.c.run_after,
    "start_date": dag_run.c.start_date,
    "end_date": dag_run.c.end_date,
    "duration": _seconds(dag_run.c.start_date, dag_run.c.end_date),
    "triggering_user_name": dag_run.c.triggering_user,
}


def list_runs(tx: Tx, criteria: Criteria, dags: DagScope, dag_id: str | None) -> Listed:
    """Return a page of DAG runs with their version's number, of one DAG or of all."""
    query = _runs().where(*visible(dag_run.c.dag_id, dags))
    if dag_id is not None:
        query = query.where(dag_run.c.dag_id == dag_id)
    return list_page(tx, query, RUN_COLUMNS, criteria, dag_run.c.id, _OF_RUN)


def find_run(tx: Tx, dag_id: str, run_id: str) -> Any | None:
    """Return a run with its version's number, or None."""
    query = joined(_runs(), _OF_RUN)
    return tx.first(query.where(dag_run.c.dag_id == dag_id, dag_run.c.run_id == run_id))


_VERSION = (
    dag_version.c.version_number,
    dag_version.c.created_at.label("version_created_at"),
)
_OF_RUN = ((dag_version, dag_version.c.id == dag_run.c.dag_version_id),)


def _runs() -> Query:
    return select(dag_run, *_VERSION)


TI_COLUMNS = {
    "id": task_instance.c.id,
    "dag_id": task_instance.c.dag_id,
    "run_id": dag_run.c.run_id,
    "task_id": task_instance.c.task_id,
    "task_display_name": task_instance.c.task_id,
    "map_index": task_instance.c.map_index,
    "state": task_instance.c.state,
    "pool": task_instance.c.pool,
    "pool_name": task_instance.c.pool,
    "queue": task_instance.c.queue,
    "queue_name": task_instance.c.queue,
    "operator": task_instance.c.operator,
    "operator_name": task_instance.c.operator,
    "try_number": task_instance.c.try_number,
    "version_number": dag_version.c.version_number,
    "start_date": task_instance.c.start_date,
    "end_date": task_instance.c.end_date,
    "duration": _seconds(task_instance.c.start_date, task_instance.c.end_date),
    "logical_date": dag_run.c.logical_date,
    "run_after": dag_run.c.run_after,
    "data_interval_start": dag_run.c.data_interval_start,
    "data_interval_end": dag_run.c.data_interval_end,
    "rendered_map_index": task_instance.c.rendered_map_index,
}
_TI_BY_RUN = {name for name, one in TI_COLUMNS.items() if getattr(one, "table", None) is dag_run}


def list_task_instances(
    tx: Tx,
    criteria: Criteria,
    dags: DagScope,
    *,
    dag_id: str | None = None,
    run_id: str | None = None,
    run_pk: int | None = None,
) -> Listed:
    """Return a page of task instances: of one run (best by its key), of one DAG, or of all."""
    query = _tis(_SHOWN_OF_INSTANCE).where(*visible(task_instance.c.dag_id, dags))
    if dag_id is not None:
        query = query.where(task_instance.c.dag_id == dag_id)
        if criteria.names & _TI_BY_RUN:  # said twice, so that the runs' index may be used
            query = query.where(dag_run.c.dag_id == dag_id)
    if run_id is not None:
        query = query.where(dag_run.c.run_id == run_id)
    if run_pk is not None:
        query = query.where(task_instance.c.run_pk == run_pk)
    return list_page(tx, query, TI_COLUMNS, criteria, task_instance.c.id, _OF_INSTANCE)


def list_task_instances_by_id(tx: Tx, ids: list[int]) -> list[Any]:
    """Return task instances by their ids, in that order."""
    query = joined(_tis(_SHOWN_OF_INSTANCE), _OF_INSTANCE)
    found = {row.id: row for row in tx.rows(query.where(task_instance.c.id.in_(ids)))}
    return [found[pk] for pk in ids if pk in found]


def find_task_instance(
    tx: Tx, dag_id: str, run_id: str, task_id: str, map_index: int = -1
) -> Any | None:
    """Return one task instance with what the API says of its run, or None."""
    return tx.first(
        joined(_tis(task_instance.c), _OF_INSTANCE).where(
            dag_run.c.dag_id == dag_id,
            dag_run.c.run_id == run_id,
            task_instance.c.task_id == task_id,
            task_instance.c.map_index == map_index,
        )
    )


def count_mapped(tx: Tx, dag_id: str, run_id: str, task_id: str) -> int:
    """Return how many instances a mapped task has in a run."""
    return tx.scalar(
        select(func.count())
        .select_from(task_instance)
        .join(dag_run, dag_run.c.id == task_instance.c.run_pk)
        .where(
            dag_run.c.dag_id == dag_id,
            dag_run.c.run_id == run_id,
            task_instance.c.task_id == task_id,
            task_instance.c.map_index >= 0,
        )
    )


_OF_INSTANCE = (
    (dag_run, dag_run.c.id == task_instance.c.run_pk),
    (dag_version, dag_version.c.id == task_instance.c.dag_version_id),
)
_INNER = (
    *("version", "attempt_number", "lost_count", "reschedules", "next_method", "next_kwargs"),
    *("due_at", "reason", "skip_by"),
)  #: of an instance: what the wire does not show
_SHOWN_OF_INSTANCE = [column for column in task_instance.c if column.name not in _INNER]


def _tis(columns: Iterable[ColumnElement[Any]]) -> Query:
    of_run = (dag_run.c.run_id, dag_run.c.logical_date, dag_run.c.run_after)
    return select(*columns, *of_run, *_VERSION)


def list_attempts(tx: Tx, ti_id: int) -> list[Any]:
    """Return all attempts of a task instance, oldest first."""
    return tx.rows(select(attempt).where(attempt.c.ti_id == ti_id).order_by(attempt.c.number))


VERSION_COLUMNS = {
    "id": dag_version.c.id,
    "version_number": dag_version.c.version_number,
    "created_at": dag_version.c.created_at,
}


def list_versions(tx: Tx, criteria: Criteria, dag_id: str) -> Listed:
    """Return a page of a DAG's versions, without their contents."""
    columns = (dag_version.c.id, dag_version.c.dag_id, dag_version.c.file_version_id)
    query = select(*columns, dag_version.c.version_number, dag_version.c.created_at)
    query = query.where(dag_version.c.dag_id == dag_id)
    return list_page(tx, query, VERSION_COLUMNS, criteria, dag_version.c.id)


IMPORT_ERROR_COLUMNS = {
    "id": import_error.c.id,
    "import_error_id": import_error.c.id,
    "filename": import_error.c.path,
    "timestamp": import_error.c.created_at,
    "stacktrace": import_error.c.stack_trace,
}


def of_files(dags: DagScope, account: str) -> list[Any]:
    """Return the condition that leaves import errors of files of these DAGs or of an account."""
    if dags is None:
        return []
    defining = select(dag.c.path).where(dag.c.is_active.is_(True), *visible(dag.c.dag_id, dags))
    own = select(dag_source.c.path).where(dag_source.c.account == account)
    return [or_(import_error.c.path.in_(defining), import_error.c.path.in_(own))]


def list_import_errors(tx: Tx, criteria: Criteria, dags: DagScope, account: str) -> Listed:
    """Return a page of import errors."""
    query = select(import_error).where(*of_files(dags, account))
    return list_page(tx, query, IMPORT_ERROR_COLUMNS, criteria, import_error.c.id)


JOB_COLUMNS = {
    "id": job.c.id,
    "job_state": job.c.state,
    "state": job.c.state,
    "job_type": job.c.job_type,
    "hostname": job.c.hostname,
    "start_date": job.c.start_date,
    "end_date": job.c.end_date,
    "latest_heartbeat": job.c.latest_heartbeat,
}


def list_jobs(tx: Tx, criteria: Criteria, alive_since: datetime | None) -> Listed:
    """Return a page of our processes, past ones too unless they must be alive since then."""
    query = select(job)
    if alive_since is not None:
        query = query.where(job.c.state == "running", job.c.latest_heartbeat > alive_since)
    return list_page(tx, query, JOB_COLUMNS, criteria, job.c.id)


XCOM_COLUMNS = {
    "dag_id": xcom.c.dag_id,
    "run_id": dag_run.c.run_id,
    "task_id": xcom.c.task_id,
    "map_index": xcom.c.map_index,
    "key": xcom.c.key,
    "xcom_key": xcom.c.key,
    "timestamp": xcom.c.at,
    "logical_date": dag_run.c.logical_date,
    "run_after": dag_run.c.run_after,
}


def list_xcoms(
    tx: Tx,
    criteria: Criteria,
    dags: DagScope,
    dag_id: str | None,
    run_id: str | None,
    task_id: str | None,
) -> Listed:
    """Return a page of XComs without their values."""
    given = ((dag_run.c.dag_id, dag_id), (dag_run.c.run_id, run_id), (xcom.c.task_id, task_id))
    query = _xcoms().where(
        *visible(xcom.c.dag_id, dags), *(column == value for column, value in given if value)
    )
    return list_page(tx, query, XCOM_COLUMNS, criteria, xcom.c.id, _OF_XCOM)


def find_xcom(
    tx: Tx, dag_id: str, run_id: str, task_id: str, map_index: int, key: str
) -> Any | None:
    """Return one XCom with its value, or None."""
    return tx.first(
        joined(_xcoms(xcom.c.value, xcom.c.text), _OF_XCOM).where(
            dag_run.c.dag_id == dag_id,
            dag_run.c.run_id == run_id,
            xcom.c.task_id == task_id,
            xcom.c.map_index == map_index,
            xcom.c.key == key,
        )
    )


_OF_XCOM = ((dag_run, dag_run.c.id == xcom.c.run_pk),)


def _xcoms(*more: Any) -> Query:
    return select(
        xcom.c.id,
        xcom.c.dag_id,
        dag_run.c.run_id,
        xcom.c.task_id,
        xcom.c.map_index,
        xcom.c.key,
        xcom.c.at,
        dag_run.c.logical_date,
        dag_run.c.run_after,
        *more,
    )
