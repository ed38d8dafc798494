"""A running team for the tests of one module, with superadmin's own password and token.

team        everything under one uid, as the person who runs the tests
admin       superadmin's token
add_person  makes an account, and returns its name
"""

import itertools
from collections.abc import Callable

import pytest
from team import PASSWORD, Team

QUICK = "c.CoutureAuthenticator.auth_refresh_age = 1\nc.CoutureAuthenticator.sweep_seconds = 0.5\n"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def new_team(tmp_path_factory: pytest.TempPathFactory):
    """A team whose superadmin has the first password still."""
    team = Team(tmp_path_factory.mktemp("team") / "home").configure_hub(QUICK)
    yield team.start(stop_grace_seconds=2)
    team.stop()


@pytest.fixture(scope="module")
def team(new_team: Team) -> Team:
    new_team.set_superadmin()
    return new_team


@pytest.fixture(scope="module")
def admin(team: Team) -> str:
    visitor = team.visitor()
    visitor.log_in("superadmin", PASSWORD)
    return visitor.make_token()


@pytest.fixture
def add_person(team: Team, admin: str) -> Callable[..., str]:
    def add(role: str = "Viewer", *, must_change: bool = False) -> str:
        name = f"person{next(_numbers)}"
        body = {"name": name, "password": PASSWORD, "roles": [role]}
        body["must_change_password"] = must_change
        status, answer = team.call(admin, "POST", "couture/accounts", body)
        assert status == 201, answer
        return name

    return add
