"""Fixtures for all tests.

home        an empty COUTURE_HOME
settings    settings for it
clock       a virtual clock, 2026-11-23 12:00 UTC
db          an empty SQLite database in memory on that clock
full_disk   leaves room for so many files of the services, and no more
world       scheduler and a fake agent on that database, driven step by step
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from full_disks import FullDisk, filler
from memory import memory_database
from world import World

from couture_scheduler.clock import VirtualClock
from couture_scheduler.db.database import Database
from couture_scheduler.services import passwords
from couture_scheduler.settings import Settings


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that start processes first: no worker shall end long after the others."""
    slow = {item.path for item in items if item.get_closest_marker("processes")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes():
    """Hash passwords at a small part of the cost that is theirs elsewhere."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", quick)
        patch.setattr(passwords, "_NOBODY", quick.hash("nobody"))
        yield


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
def db(clock: VirtualClock) -> Database:
    return memory_database(clock)


@pytest.fixture
def world(db: Database, clock: VirtualClock, settings: Settings) -> World:
    return World(db, clock, settings)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return filler(monkeypatch)
