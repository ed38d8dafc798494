"""DAGs, their versions and the files that they come from."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, bindparam, delete, func, insert, select, type_coerce, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import (
    dag,
    dag_file,
    dag_version,
    file_version,
    import_error,
)
from couture_scheduler.errors import NotFound

_BY_ID = select(dag).where(dag.c.dag_id == bindparam("dag_id"))
_CREATING = (dag.c.is_paused.is_(False), dag.c.is_active.is_(True), dag.c.held_back.is_(False))
# statements of the scheduler's loop, built once; those without _ are parts of others
DUE = select(dag).where(dag.c.next_run_after <= bindparam("now"), *_CREATING)
_FIRST_DUE = (
    DUE.order_by(dag.c.next_run_after)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)  # another scheduler is creating that one's runs
)
NEXT_DUE = select(func.min(dag.c.next_run_after)).where(*_CREATING)
_SWITCHES = select(dag.c.dag_id, dag.c.version_id, dag.c.is_paused, dag.c.catchup).where(
    dag.c.dag_id == bindparam("dag_id")
)
_SET_NEXT = (
    update(dag)
    .where(dag.c.dag_id == bindparam("_dag_id"))
    .values(
        next_logical_date=bindparam("logical_date"),
        next_interval_end=bindparam("interval_end"),
        next_run_after=bindparam("run_after"),
        held_back=False,
    )
)
_VERSION = select(dag_version).where(dag_version.c.id == bindparam("version_id"))


def find_dag(tx: Tx, dag_id: str) -> Any | None:
    """Return a DAG's row, or None."""
    return tx.first(_BY_ID, {"dag_id": dag_id})


def get_dag(tx: Tx, dag_id: str) -> Any:
    """Return a DAG's row."""
    row = find_dag(tx, dag_id)
    if row is None:
        raise NotFound(f"There is no DAG {dag_id!r}.")
    return row


def get_switches(tx: Tx, dag_id: str) -> Any:
    """Return what decides how a DAG's runs go on: version_id, is_paused and catchup."""
    row = tx.first(_SWITCHES, {"dag_id": dag_id})
    if row is None:
        raise NotFound(f"There is no DAG {dag_id!r}.")
    return row


def find_version(tx: Tx, version_id: int) -> Any | None:
    """Return one version of a DAG, serialized form included."""
    return tx.first(_VERSION, {"version_id": version_id})


def find_version_number(tx: Tx, dag_id: str, number: int) -> Any | None:
    """Return the version of a DAG that has this number."""
    return tx.first(
        select(dag_version).where(
            dag_version.c.dag_id == dag_id, dag_version.c.version_number == number
        )
    )


def has_notebook_tasks(tx: Tx) -> bool:
    """Say whether a switched-on DAG has tasks that run notebooks."""
    ours = dag.join(dag_version, dag.c.version_id == dag_version.c.id)
    found = (
        select(dag.c.dag_id)
        .select_from(ours)
        .where(
            dag.c.is_paused.is_(False),
            dag.c.is_active.is_(True),
            type_coerce(dag_version.c.data, Text).like('%"flavour":"notebook"%'),
        )
    )
    return tx.first(found.limit(1)) is not None


def list_due(tx: Tx, limit: int) -> list[Any]:
    """Return the switched-on DAGs whose next run is due, locked until the transaction ends."""
    return tx.rows(_FIRST_DUE, {"now": tx.now, "limit": limit})


def hold_back(tx: Tx, dag_id: str) -> None:
    """Create no further runs of a DAG until one of its runs ends or its next run is set anew."""
    tx.execute(update(dag).where(dag.c.dag_id == dag_id).values(held_back=True))


def set_next_run(tx: Tx, dag_id: str, info: Any | None) -> None:
    """Store what the timetable said comes next (None = nothing), held back by no run as yet."""
    values = {
        "_dag_id": dag_id,
        "logical_date": info.logical_date if info else None,
        "interval_end": info.data_interval.end if info else None,
        "run_after": info.run_after if info else None,
    }
    tx.execute(_SET_NEXT, values)


def set_paused(tx: Tx, dag_id: str, is_paused: bool) -> None:
    """Switch a DAG on or off."""
    tx.execute(update(dag).where(dag.c.dag_id == dag_id).values(is_paused=is_paused))


def list_ids_of_file(tx: Tx, path: str) -> list[str]:
    """Return the active DAGs that a file defines."""
    return [
        row.dag_id
        for row in tx.rows(
            select(dag.c.dag_id).where(dag.c.path == path, dag.c.is_active.is_(True))
        )
    ]


def list_ids_by_path(tx: Tx) -> dict[str, list[str]]:
    """Return the active DAGs by the file that defines them."""
    found: dict[str, list[str]] = {}
    for row in tx.rows(select(dag.c.dag_id, dag.c.path).where(dag.c.is_active.is_(True))):
        found.setdefault(row.path, []).append(row.dag_id)
    return found


def set_inactive(tx: Tx, dag_ids: Sequence[str]) -> None:
    """Note that the files no longer define these DAGs; their history stays."""
    if dag_ids:
        tx.execute(
            update(dag)
            .where(dag.c.dag_id.in_(dag_ids))
            .values(is_active=False, next_run_after=None)
        )


def save_dag(tx: Tx, dag_id: str, new_only: dict[str, Any], values: dict[str, Any]) -> bool:
    """Insert or update a DAG's row and say whether it is new; `new_only` holds for a new one."""
    values = {**values, "is_active": True, "last_parsed": tx.now}
    result = tx.execute(update(dag).where(dag.c.dag_id == dag_id).values(**values))
    if result.rowcount:
        return False
    tx.execute(insert(dag).values(dag_id=dag_id, created_at=tx.now, **new_only, **values))
    return True


def save_version(
    tx: Tx, dag_id: str, file_version_id: str, data: dict[str, Any]
) -> tuple[int, bool]:
    """Return the id of the DAG's version with this content, and whether it was made now."""
    latest = tx.first(
        select(dag_version)
        .where(dag_version.c.dag_id == dag_id)
        .order_by(dag_version.c.version_number.desc())
        .limit(1)
    )
    if latest is not None and latest.file_version_id == file_version_id and latest.data == data:
        return latest.id, False
    number = latest.version_number + 1 if latest is not None else 1
    result = tx.execute(
        insert(dag_version).values(
            dag_id=dag_id,
            version_number=number,
            file_version_id=file_version_id,
            data=data,
            created_at=tx.now,
        )
    )
    assert result.inserted_primary_key is not None
    return result.inserted_primary_key[0], True


def save_file_version(
    tx: Tx,
    version_id: str,
    path: str,
    sources: dict[str, str],
    fresh_interpreter: bool,
    account: str | None = None,
) -> None:
    """Store the sources of a file version once."""
    if tx.scalar(select(file_version.c.id).where(file_version.c.id == version_id)):
        return
    tx.execute(
        insert(file_version).values(
            id=version_id,
            path=path,
            sources=zlib.compress(json.dumps(sources).encode()),
            fresh_interpreter=fresh_interpreter,
            account=account,
            created_at=tx.now,
        )
    )


def get_file_version(tx: Tx, version_id: str) -> tuple[Any, dict[str, str]]:
    """Return a file version's row and its sources {path: text}."""
    row = tx.first(select(file_version).where(file_version.c.id == version_id))
    if row is None:
        raise NotFound(f"There is no file version {version_id}.")
    return row, json.loads(zlib.decompress(row.sources))


def find_file(tx: Tx, path: str) -> Any | None:
    """Return what is known of a DAG file."""
    return tx.first(select(dag_file).where(dag_file.c.path == path))


def list_files(tx: Tx) -> list[Any]:
    """Return all known DAG files."""
    return tx.rows(select(dag_file))


def save_file(tx: Tx, path: str, values: dict[str, Any]) -> None:
    """Insert or update what is known of a DAG file."""
    values = {**values, "parsed_at": tx.now}
    if not tx.execute(update(dag_file).where(dag_file.c.path == path).values(**values)).rowcount:
        tx.execute(insert(dag_file).values(path=path, **values))


def delete_file(tx: Tx, path: str) -> None:
    """Forget a file that is gone; its versions stay for the runs that used them."""
    tx.execute(delete(dag_file).where(dag_file.c.path == path))
    tx.execute(delete(import_error).where(import_error.c.path == path))


def set_import_error(tx: Tx, path: str, error: dict[str, Any] | None) -> bool:
    """Replace a file's import error (None = it has none) and say whether that changed anything."""
    old = tx.first(select(import_error).where(import_error.c.path == path))
    if error is None:
        tx.execute(delete(import_error).where(import_error.c.path == path))
        return old is not None
    if old is not None and (old.message, old.stack_trace) == (
        error["message"],
        error["stack_trace"],
    ):
        return False
    tx.execute(delete(import_error).where(import_error.c.path == path))
    tx.execute(insert(import_error).values(path=path, created_at=tx.now, **error))
    return True
