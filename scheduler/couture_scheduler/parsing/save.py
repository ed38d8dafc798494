"""Save what importing a file brought: file version, DAG versions, import errors."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from couture_scheduler.asset_events import save_references
from couture_scheduler.db.database import Tx
from couture_scheduler.grants import rights_of_account
from couture_scheduler.rights import Rights
from couture_scheduler.settings import Settings
from couture_scheduler.store import dags, runs
from couture_scheduler.store.transition import record
from couture_scheduler.timetables import describe
from couture_scheduler.upcoming import advance

ACTOR = "parser"


@dataclass(frozen=True)
class Saved:
    """What a report changed.

    Attributes:
        refused: DAGs that another file had first.
        gone: DAGs that this file defined before.
    """

    new_versions: tuple[str, ...] = ()
    changed: bool = False
    refused: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def save_report(tx: Tx, path: str, report: dict[str, Any], settings: Settings) -> Saved:
    """Save the report of one file; a broken file keeps its last good version."""
    error = report.get("error")
    touched = report.get("touched") or {}
    file_values = {
        "touched": touched,
        "reads_runtime": bool(report.get("reads_runtime")),
        "parse_seconds": report.get("seconds"),
    }
    if error is not None:
        changed = _set_error(tx, path, error)
        dags.save_file(tx, path, file_values)
        return Saved(changed=changed)
    account = report.get("account")
    version_id = file_version_id(path, touched, account)
    fresh = report["threads"] > 1 or any(dag.get("fresh_interpreter") for dag in report["dags"])
    dags.save_file_version(tx, version_id, path, report["sources"], fresh, account)
    dags.save_file(tx, path, {**file_values, "version_id": version_id, "account": account})
    mine, foreign = _split(tx, path, report["dags"], settings, account)
    new = tuple(dag["dag_id"] for dag in mine if _save_dag(tx, path, version_id, dag, settings))
    gone = set(dags.list_ids_of_file(tx, path)) - {dag["dag_id"] for dag in mine}
    _retire(tx, sorted(gone))
    changed = _set_error(tx, path, foreign)
    refused = {dag["dag_id"] for dag in report["dags"]} - {dag["dag_id"] for dag in mine}
    return Saved(new, changed or bool(new) or bool(gone), tuple(refused), tuple(gone))


def forget_file(tx: Tx, path: str) -> list[str]:
    """Take a deleted file's DAGs out of service and return them; runs and versions stay."""
    gone = dags.list_ids_of_file(tx, path)
    _retire(tx, gone)
    _set_error(tx, path, None)
    dags.delete_file(tx, path)
    return gone


def file_version_id(path: str, touched: dict[str, str], account: str | None = None) -> str:
    """Return the hash of a DAG file, of every file that its import read, and of whose it is."""
    lines = [path, *(f"{name} {sha}" for name, sha in sorted(touched.items()))]
    text = "\n".join([*lines, *([f"by {account}"] if account else [])])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _set_error(tx: Tx, path: str, error: dict[str, Any] | None) -> bool:
    changed = dags.set_import_error(tx, path, error)
    if changed:
        after = "removed" if error is None else "added"
        reason = None if error is None else error["message"][:500]
        record(tx, "import_error", path, after, ACTOR, reason=reason)
    return changed


def _split(
    tx: Tx, path: str, found: list[dict[str, Any]], settings: Settings, account: str | None
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Leave out DAGs whose id another file had first, or that the author may not edit.

    An import error says which, and what the others' authors are warned of.
    """
    mine: list[dict[str, Any]] = []
    sentences: list[str] = []
    rights = rights_of_account(tx, account) if account else None
    for dag in found:
        if rights is not None and not _may_edit(rights, dag["dag_id"]):
            sentences.append(
                f"{account}, who saved {path}, lacks the permission can_edit_code for DAG "
                f"{dag['dag_id']!r}. Rename the DAG, or ask an administrator for the right."
            )
            continue
        row = dags.find_dag(tx, dag["dag_id"])
        other = row.path if row is not None and row.is_active and row.path != path else None
        if other is not None and (Path(settings.dags_path) / other).exists():
            sentences.append(
                f"DAG {dag['dag_id']!r} is defined in {other} already; {path} cannot define it too. "
                "Rename one of them."
            )
        else:
            mine.append(dag)
    sentences += [f"Warning: {text}" for dag in mine for text in dag.get("warnings", ())]
    if not sentences:
        return mine, None
    message = " ".join(sentences)
    return mine, {"message": message, "line": None, "stack_trace": message}


def _may_edit(rights: tuple[Rights, ...], dag_id: str) -> bool:
    return any(one.allows("can_edit_code", "Airflow", dag_id) for one in rights)


def _save_dag(
    tx: Tx, path: str, file_version: str, data: dict[str, Any], settings: Settings
) -> bool:
    dag_id = data["dag_id"]
    version_id, is_new_version = dags.save_version(tx, dag_id, file_version, data)
    paused = data["is_paused_upon_creation"]
    if paused is None:
        paused = settings.dags_are_paused_at_creation
    catchup = settings.catchup_by_default if data["catchup"] is None else data["catchup"]
    before = dags.find_dag(tx, dag_id)
    is_new = dags.save_dag(
        tx,
        dag_id,
        {"is_paused": paused},
        {
            "path": path,
            "version_id": version_id,
            "description": data["description"],
            "owners": data["owners"],
            "tags": data["tags"],
            "schedule": data["schedule"],
            "schedule_text": describe(data["schedule"]),
            "catchup": catchup,
            "max_active_runs": _max_active_runs(data, settings),
            "max_active_tasks": data["max_active_tasks"] or settings.max_active_tasks_per_dag,
        },
    )
    is_back = before is not None and not before.is_active
    if is_new or is_new_version or is_back:
        save_references(tx, dag_id, data)
        advance(tx, dags.get_dag(tx, dag_id), runs.last_interval(tx, dag_id))
        runs.wake_open(tx, dag_id)
        after = "added" if is_new else "version"
        record(tx, "dag", dag_id, after, ACTOR, dag_id=dag_id)
    return is_new_version or is_back


def _max_active_runs(data: dict[str, Any], settings: Settings) -> int:
    if data["schedule"]["type"] == "continuous":  # one run after the other
        return 1
    return data["max_active_runs"] or settings.max_active_runs_per_dag


def _retire(tx: Tx, dag_ids: list[str]) -> None:
    dags.set_inactive(tx, dag_ids)
    for dag_id in dag_ids:
        record(tx, "dag", dag_id, "removed", ACTOR, dag_id=dag_id)
