"""How long DAG files take to import, and what they define."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dags, summaries


@service("can_list", "DagModelView")
def get_file_report(tx: Tx, call: Call) -> list[dict[str, Any]]:
    """Return the files that define visible DAGs, the slowest import first."""
    rows = summaries.list_active_dags(tx, call.dags)
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        tasks = call.workflow.plans.get(tx, row.version_id).tasks
        file = found.setdefault(row.path, {"file": row.path, "dag_num": 0, "task_num": 0})
        file["dag_num"] += 1
        file["task_num"] += len(tasks)
        file.setdefault("dags", []).append(row.dag_id)
    seconds = {row.path: row.parse_seconds or 0.0 for row in dags.list_files(tx)}
    for path, file in found.items():
        file["duration"] = seconds.get(path, 0.0)
    return sorted(found.values(), key=lambda file: (-file["duration"], file["file"]))
