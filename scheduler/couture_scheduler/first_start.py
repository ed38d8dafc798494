"""Where COUTURE_HOME is, and how a new one is filled with the example DAGs and notebooks."""

import os
import shutil
from pathlib import Path

from couture_scheduler.settings import Settings

ROOT_HOME = "/var/lib/couture"  #: COUTURE_HOME of root's team
_HERE = Path(__file__).parent


def team_home() -> str | None:
    """Return where root's team has its COUTURE_HOME, unless the variable names another place."""
    return ROOT_HOME if os.geteuid() == 0 and "COUTURE_HOME" not in os.environ else None


def examples_folder() -> Path | None:
    """Return where the examples are: in the installed package, or in the repository."""
    for folder in (_HERE / "examples", _HERE.parents[1] / "examples"):
        if (folder / "dags").is_dir():
            return folder
    return None


def prepare_home(settings: Settings) -> bool:
    """Make COUTURE_HOME if it is not there; say whether examples were copied into it."""
    is_new = not settings.dags_path.exists()
    settings.make_folders()
    source = examples_folder()
    if not is_new or source is None:
        return False
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc", ".ipynb_checkpoints")
    shutil.copytree(source / "dags", settings.dags_path, dirs_exist_ok=True, ignore=ignore)
    notebooks = settings.home_path / "notebooks"
    shutil.copytree(source / "notebooks", notebooks, dirs_exist_ok=True, ignore=ignore)
    return True
