"""Versions of a DAG, and the file that each came from."""

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Forbidden, NotFound
from couture_scheduler.schemas.dag_versions import (
    DAGSourceResponse,
    DAGVersionCollectionResponse,
    DagVersionResponse,
    SourceQuery,
    VersionQuery,
)
from couture_scheduler.services import wire
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dags, lists


@service("can_code", "Airflow", dag="dag_id")
def get_dag_source(tx: Tx, call: Call, dag_id: str, query: SourceQuery) -> DAGSourceResponse:
    """Return the file of a DAG's version, the current one if none is named."""
    dag = dags.get_dag(tx, dag_id)
    number = query.version_number
    if number is None:
        version = dags.find_version(tx, dag.version_id)
    else:
        version = dags.find_version_number(tx, dag_id, number)
    if version is None:
        raise NotFound(f"DAG {dag_id!r} has no version {number}.")
    file, sources = dags.get_file_version(tx, version.file_version_id)
    _check_others(tx, call, file.path, dag_id)
    return DAGSourceResponse(
        content=sources.get(file.path),
        dag_id=dag_id,
        version_number=version.version_number,
        dag_display_name=dag_id,
    )


def _check_others(tx: Tx, call: Call, path: str, dag_id: str) -> None:
    """Refuse to show a file that defines DAGs whose source the person may not read."""
    allows = call.actor.allows
    if not all(allows("can_code", "Airflow", one) for one in dags.list_ids_of_file(tx, path)):
        raise Forbidden(
            f"The file of DAG {dag_id!r} defines other DAGs too, whose source you may not read. "
            "Its author can give each a file of its own."
        )


@service("can_code", "Airflow", dag="dag_id")
def get_dag_versions(
    tx: Tx, call: Call, dag_id: str, query: VersionQuery
) -> DAGVersionCollectionResponse:
    """List the versions of a DAG."""
    dags.get_dag(tx, dag_id)
    listed = lists.list_versions(tx, criteria(query, lists.VERSION_COLUMNS), dag_id)
    found = [
        wire.version(row.id, row.dag_id, row.version_number, row.created_at) for row in listed.rows
    ]
    return DAGVersionCollectionResponse(dag_versions=found, total_entries=listed.total)


@service("can_code", "Airflow", dag="dag_id")
def get_dag_version(tx: Tx, call: Call, dag_id: str, version_number: int) -> DagVersionResponse:
    """Return one version of a DAG."""
    dags.get_dag(tx, dag_id)
    row = dags.find_version_number(tx, dag_id, version_number)
    if row is None:
        raise NotFound(f"DAG {dag_id!r} has no version {version_number}.")
    return wire.version(row.id, dag_id, row.version_number, row.created_at)
