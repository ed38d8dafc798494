"""Fixtures.

matrix   the running service with all people of verdicts.yaml, for the whole session;
         `matrix.ask(person, row, object)` calls it and puts back what that changed
"""

import pytest
from hub_stub import Team
from permission_matrix import TABLE, Matrix, rows
from team_people import add_person, add_role, set_active
from two_dags import seed_two

from couture_scheduler.default_roles import DEVELOPER_ACTIONS, VIEWER_ACTIONS
from couture_scheduler.ipc import Ringer
from couture_scheduler.secrets import open_vault
from couture_scheduler.services.login import prepare_accounts
from couture_scheduler.services.workflow import Workflow
from couture_scheduler.store import pools, variables


@pytest.fixture
def matrix(_matrix):
    _matrix.put_back()
    return _matrix


@pytest.fixture(scope="session")
def _matrix(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("matrix") / "home"
    world, things = seed_two(home)
    settings = world.settings
    ringer = Ringer(settings.bells_path)
    workflow = Workflow(settings, world.db, open_vault(home), ringer, home, world.clock.now())
    prepare_accounts(workflow)
    add_role(workflow, "Reads all DAGs", (None, VIEWER_ACTIONS))
    add_role(workflow, "Edits only sales_*", ("sales*", DEVELOPER_ACTIONS))
    add_person(workflow, "somebody")
    _add_settings(workflow)
    team = Team(workflow)
    for name, given in TABLE["people"].items():
        add_person(workflow, name, *given["roles"])
        team.add_token(f"t-{name}", name)
    _add_nobodies(team, workflow)
    team.start()
    matrix = Matrix(team, workflow, things)
    _let_expire(matrix)
    yield matrix
    matrix.client.close()
    team.stop()
    workflow.close()


def _add_settings(workflow: Workflow) -> None:
    """Add a variable, a connection and a pool that no task uses."""
    value = workflow.vault.encrypt("eu")
    with workflow.db.write() as tx:
        variables.set_variable(tx, "region", value, None)
        variables.add_connection(tx, {"conn_id": "db", "conn_type": "http", "host": "h"})
        pools.add_pool(tx, {"name": "small", "slots": 1})


def _add_nobodies(team: Team, workflow: Workflow) -> None:
    """Add those who are refused everywhere, with all the rights that they could have."""
    team.add_token("t-expired", "admin")
    team.add_token("t-no_gate", "admin")
    team.tokens["t-no_gate"]["scopes"] = ["access:servers", "read:users"]
    team.add_token("t-service", "admin", kind="service")
    team.add_token("t-stranger", "stranger")
    add_person(workflow, "closed", "Admin")
    set_active(workflow, "closed", False)
    team.add_token("t-closed", "closed")


def _let_expire(matrix: Matrix) -> None:
    row = next(one for one in rows() if one.path == "api/couture/me" and one.method == "GET")
    matrix.team.hub_tokens.kept = 0
    assert matrix.send("expired", row, matrix.things["own"]).status_code == 200
    del matrix.team.tokens["t-expired"]
    matrix.team.hub_tokens.kept = 60
