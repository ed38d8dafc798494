"""Fixtures for all tests.

home        an empty COUTURE_HOME
settings    settings for it
clock       a virtual clock, 2026-11-23 12:00 UTC
db          a migrated SQLite database on that clock
world       scheduler and a fake agent on that database, driven step by step
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from world import World

from couture_scheduler.clock import VirtualClock
from couture_scheduler.db.database import Database
from couture_scheduler.db.tables import metadata
from couture_scheduler.settings import Settings
from couture_scheduler.store import limits


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    settings = Settings(home=str(home))
    settings.make_folders()
    return settings


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 11, 23, 12, tzinfo=UTC))


@pytest.fixture
def db(clock: VirtualClock):
    database = Database("sqlite://", clock)
    metadata.create_all(database.engine)
    with database.write() as tx:
        limits.ensure_default_pool(tx, 128)
    yield database
    database.close()


@pytest.fixture
def world(db: Database, clock: VirtualClock, settings: Settings) -> World:
    return World(db, clock, settings)
