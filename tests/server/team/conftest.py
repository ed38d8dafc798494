"""Fixtures: a seeded deployment with accounts, its service and a user server behind a stub Hub.

team    the servers; tokens: `t-<account>` for every account of PEOPLE
ask     calls the service, or with via="user_server" the proxy in front of it
"""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hub_stub import Team
from seeded import seed
from team_people import PEOPLE, add_person

from couture_scheduler.ipc import Ringer
from couture_scheduler.secrets import open_vault
from couture_scheduler.services.login import prepare_accounts
from couture_scheduler.services.workflow import Workflow


@pytest.fixture
def seed_it():
    return seed


@pytest.fixture
def workflow(home, seed_it):
    world = seed_it(home)
    settings = world.settings
    ringer = Ringer(settings.bells_path)
    workflow = Workflow(settings, world.db, open_vault(home), ringer, home, world.clock.now())
    prepare_accounts(workflow)
    for name, role in PEOPLE.items():
        add_person(workflow, name, role)
    yield workflow
    workflow.close()


@pytest.fixture
def team(workflow):
    team = Team(workflow)
    for name in PEOPLE:
        team.add_token(f"t-{name}", name)
    team.start()
    yield team
    team.stop()


@dataclass(frozen=True)
class Ask:
    team: Team

    def __call__(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: Any = None,
        via: str = "service",
        **more: Any,
    ) -> httpx.Response:
        headers = {"Authorization": f"token {token}"} if token else {}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        address = f"{getattr(self.team, via)}/{path}"
        return httpx.request(method, address, headers=headers, timeout=20, **more)


@pytest.fixture
def ask(team):
    return Ask(team)
