"""Files of what is deleted, below `logs/` and `outputs/`; they go after the rows."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from couture_scheduler.settings import Settings

log = logging.getLogger(__name__)


def remove_folders(settings: Settings, dag_id: str, run_id: str | None = None) -> None:
    """Remove the folders of a run, or of a DAG with all its runs.

    They are moved aside first: what is made anew under the same name starts with none at once.
    """
    names = [dag_id] if run_id is None else [dag_id, run_id]
    if any(name in ("", "..") or Path(name).name != name for name in names):
        return  # no name of one folder: nothing was written there
    for base in (settings.logs_path, settings.outputs_path):
        folder, aside = base.joinpath(*names), base / f".deleted-{uuid4().hex}"
        if folder.is_dir() and try_to_remove(folder.rename, aside):
            try_to_remove(shutil.rmtree, aside)


def try_to_remove(remove: Callable[..., object], *args: Any, **options: Any) -> bool:
    """Call `remove` and say whether it worked; why not is logged."""
    try:
        remove(*args, **options)
    except OSError as error:
        log.warning("A file of what was deleted stays on the disk: %s", error)
        return False
    return True
