"""Fixtures of the services' tests.

workflow    the services' deployment on `world`'s database
call        a new call of it as the local Admin
sales       `world` with the DAG sales: extract >> load >> report, switched on
"""

from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.default_roles import ROLES
from couture_scheduler.ipc import Ringer
from couture_scheduler.secrets import Vault
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.workflow import Call, Workflow

ADA = Actor("ada", "10.0.0.1", ROLES["Admin"], ("Admin",))


@pytest.fixture
def workflow(world: World, home):
    ringer = Ringer(home / "run" / "bells")
    vault = Vault(Fernet.generate_key())
    yield Workflow(world.settings, world.db, vault, ringer, home, world.clock.now())
    ringer.close()


@pytest.fixture
def call(workflow: Workflow):
    return lambda: Call(workflow, ADA)


@pytest.fixture
def sales(world: World) -> World:
    dag = DAG("sales", start_date=datetime(2026, 11, 1, tzinfo=UTC), is_paused_upon_creation=False)
    tasks = [
        BashOperator(task_id=name, bash_command="true", dag=dag, retries=0)
        for name in ("extract", "load", "report")
    ]
    tasks[0] >> tasks[1] >> tasks[2]
    world.save(dag)
    return world
