"""Fixtures of the tests of what starts runs and of what follows from them.

call        a call of somebody with the rights that are given; an Admin, where none are
requests    answers to what tasks ask, on `world`'s database
running     makes a running attempt of a task: what the agent knows of it
"""

from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from world import World

from couture_scheduler.default_roles import ROLES
from couture_scheduler.ipc import Ringer
from couture_scheduler.secrets import Vault
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.workflow import Call, Workflow
from couture_scheduler.store import attempts, runs
from couture_scheduler.worker.requests import Requests
from couture_scheduler.worker.run_as import RunAs


@pytest.fixture
def vault() -> Vault:
    return Vault(Fernet.generate_key())


@pytest.fixture
def call(world: World, vault: Vault, home: Path):
    ringer = Ringer(home / "run" / "bells")
    workflow = Workflow(world.settings, world.db, vault, ringer, home, world.clock.now())
    yield lambda rights=ROLES["Admin"]: Call(workflow, Actor("ada", "10.0.0.1", rights))
    ringer.close()


@pytest.fixture
def requests(world: World, vault: Vault) -> Requests:
    return Requests(world.db, vault, "host", world.settings)


@pytest.fixture
def running(world: World):
    def make(dag_id: str, run_id: str, task_id: str, account: str | None = None) -> SimpleNamespace:
        with world.db.read() as tx:
            run = runs.get_run(tx, dag_id, run_id)
            row = next(
                row
                for row in attempts.find_many(tx, list(world.claimed)).values()
                if (row.run_pk, row.task_id) == (run.id, task_id)
            )
        return SimpleNamespace(row=row, run=run, who=RunAs(account), token=row.token)

    return make
