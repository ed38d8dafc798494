"""The child that imports a DAG file for `couture dags simulate FILE`: its DAGs as JSON."""

from pathlib import Path
from typing import Any

from couture_operators.runtime import set_runtime
from couture_operators.serialize import dag_to_dict
from couture_scheduler.rehearsal.bounded import serve
from couture_scheduler.rehearsal.values import Values
from couture_scheduler.worker.loading import Sources, load_dags
from couture_scheduler.worker.parse_child import describe


def import_file(request: dict[str, Any]) -> dict[str, Any]:
    """Import {"root", "path"} and return {"dags": [...]} or {"error": a sentence}."""
    set_runtime(Values(request.get("variables"), request.get("connections")))  # type: ignore[arg-type]
    try:
        found = load_dags(Sources(request["root"]), request["path"])
        return {"dags": [dag_to_dict(dag) for dag in found.values()]}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - author code may raise anything
        told = describe(error, request["root"])
        at = f", line {told['line']}" if told["line"] else ""
        place = Path(request["root"]) / request["path"]
        return {"error": f"{place}{at} cannot be imported: {told['message']}"}


if __name__ == "__main__":
    serve(import_file)
