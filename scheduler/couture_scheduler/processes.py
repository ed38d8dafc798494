"""What the processes have in common: settings, folders, log lines, database, bells."""

import logging
import sys
from pathlib import Path

from couture_scheduler.db.database import Database
from couture_scheduler.db.migrate import upgrade
from couture_scheduler.settings import Settings
from couture_scheduler.store import limits


def open_database(settings: Settings) -> Database:
    """Open the metadata database, bring it to this release's schema and make what it must have."""
    settings.make_folders()
    db = Database(settings.db_url, lock_path=settings.run_path / "db.lock")
    upgrade(db)
    with db.read() as tx:
        has_pool = limits.DEFAULT_POOL in limits.lock_pools(tx)
    if not has_pool:
        with db.write() as tx:
            limits.ensure_default_pool(tx, settings.default_pool_slots)
    return db


def bells(settings: Settings) -> Path:
    """Return the folder in which the doorbells of this deployment hang."""
    return settings.run_path / "bells"


def log_to_stderr(name: str) -> None:
    """Write log lines of this process to stderr, with its name."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format=f"%(asctime)s.%(msecs)03d %(levelname)s {name} %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
