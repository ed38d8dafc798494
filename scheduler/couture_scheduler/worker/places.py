"""What an attempt is told of the folders of notebooks; the agent makes the one that it writes to."""

from pathlib import Path
from typing import Any

from couture_scheduler.settings import Settings
from couture_scheduler.worker.ownership import Ownership
from couture_scheduler.worker.running import RunningAttempt, instance_folder


def places_of(settings: Settings, ownership: Ownership, attempt: RunningAttempt) -> dict[str, Any]:
    """Return the fields of couture_scheduler.worker.notebook.paths.Places for an attempt."""
    draft = draft_path(settings, attempt.row)
    ownership.make_folder(draft.parent, attempt.who)
    own, shared = Path(attempt.who.home), settings.home_path
    return {
        "home": str(shared),
        "dag_folder": str((settings.dags_path / attempt.dag_file).parent),
        "notebooks": str((own if attempt.who.account else shared) / "notebooks"),
        "outputs": str(own / "outputs" if own != shared else settings.outputs_path),
        "draft": str(draft),
        "original": (attempt.notebook or {}).get("path"),
        "max_output_bytes": settings.max_output_bytes,
    }


def draft_path(settings: Settings, row: Any) -> Path:
    """Return the file that shows the notebook of one try, while it runs and for ever."""
    where = (row.dag_id, row.run_id, row.task_id, row.map_index)
    return instance_folder(settings.outputs_path, *where) / f"{row.try_number}.ipynb"
