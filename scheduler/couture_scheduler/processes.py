"""How the processes begin: with the database, as soon as it is there."""

import contextlib
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from couture_scheduler.db.database import AWAY, Database
from couture_scheduler.db.migrate import upgrade
from couture_scheduler.errors import StaleState
from couture_scheduler.settings import Settings
from couture_scheduler.store import limits

T = TypeVar("T")
log = logging.getLogger(__name__)
_TRIES = 5
_SAID_EVERY = 10


def open_database(settings: Settings) -> Database:
    """Open the metadata database, bring it to this release's schema and make what it must have."""
    settings.make_folders()
    db = Database(settings.db_url, lock_path=settings.run_path / "db.lock")
    upgrade(db)
    with db.read() as tx:
        has_pool = limits.DEFAULT_POOL in limits.lock_pools(tx)
    if not has_pool:
        make_once(lambda: _make_pool(db, settings.default_pool_slots))
    return db


def when_there(action: Callable[[], T]) -> T:
    """Do what a process begins with as soon as the database is there.

    Who ended instead would be started again at longer and longer intervals, and be missing when the
    database is back.
    """
    tries = 0
    while True:
        try:
            return action()
        except (StaleState, *AWAY) as error:
            if tries % _SAID_EVERY == 0:
                log.warning("Waiting to begin: %s", getattr(error, "orig", error))
            tries += 1
            time.sleep(1.0)


def _make_pool(db: Database, slots: int) -> None:
    with db.write() as tx:
        limits.ensure_default_pool(tx, slots)


def make_once(make: Callable[[], None]) -> None:
    """Make rows of a new database where they are missing; processes that start together all do."""
    for _ in range(_TRIES - 1):
        with contextlib.suppress(IntegrityError, StaleState):  # another one was faster
            return make()
    return make()
