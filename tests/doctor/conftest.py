"""Fixtures: a deployment on SQLite whose rows the tests write, and the doctor who looks at it.

deployed  its database, with the tables of this release and a key
look      what the doctor finds: problem by name, None = all is well
"""

from datetime import UTC, datetime, timedelta

import pytest
from migrated import open_database

from couture_scheduler.clock import VirtualClock
from couture_scheduler.db.database import Database
from couture_scheduler.doctor.examine import examine
from couture_scheduler.secrets import open_vault


class Deployed:
    def __init__(self, settings):
        open_database(settings).close()
        self.settings = settings
        self.vault = open_vault(settings.home_path)

    def write(self, change, ago=0):
        """Make a change that many seconds ago, and return its answer."""
        db = Database(
            self.settings.db_url, VirtualClock(datetime.now(UTC) - timedelta(seconds=ago))
        )
        with db.write() as tx:
            answer = change(tx)
        db.close()
        return answer


@pytest.fixture
def deployed(settings):
    return Deployed(settings)


@pytest.fixture
def look(settings):
    def look(**changes):
        for name, value in changes.items():
            setattr(settings, name, value)
        return {found.name: found.problem for found in examine(settings)}

    return look
