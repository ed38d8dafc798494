"""Databases at this release's schema for tests: migrated once a process, then copied."""

import tempfile
from functools import cache
from pathlib import Path

from couture_scheduler import processes
from couture_scheduler.db.database import Database
from couture_scheduler.settings import Settings


def open_database(settings: Settings) -> Database:
    """Open a deployment's database as its processes do; a new one has its schema already."""
    settings.make_folders()
    path = settings.home_path / "couture.db"
    if settings.db_url == f"sqlite:///{path}" and not path.exists():
        path.write_bytes(_migrated())
    return processes.open_database(settings)


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=f"{folder}/home")
        processes.open_database(settings).close()
        return Path(settings.home, "couture.db").read_bytes()
