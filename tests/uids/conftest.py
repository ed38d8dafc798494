"""A deployment as root in which people, service and scheduler have uids of their own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from deployment import Deployment, wait_until
from open_python import open_folder, open_python
from sqlalchemy import Column, select

from couture_scheduler.default_roles import DEVELOPER_ACTIONS
from couture_scheduler.rights import MENUS_OF_DAGS
from couture_scheduler.schemas.accounts import Grant, NewAccount, NewRole
from couture_scheduler.schemas.dag_files import DagFileBody
from couture_scheduler.secrets import open_vault
from couture_scheduler.services.accounts import create_account
from couture_scheduler.services.actors import actor_for
from couture_scheduler.services.dag_files import save_dag_file
from couture_scheduler.services.login import find_account, prepare_accounts
from couture_scheduler.services.role_admin import create_role
from couture_scheduler.services.workflow import Call, Workflow
from couture_scheduler.settings import CONFIG_FILE


class Team(Deployment):
    """Two people, marta and sam, whose files the service saves."""

    def __init__(self, home: Path, python: str):
        super().__init__(home, own_uids=True)
        self.settings.own_uids = True
        self.python = python
        vault = open_vault(home)
        now = self.db.clock.now()
        self.workflow = Workflow(self.settings, self.db, vault, self.ringer, home, now)
        prepare_accounts(self.workflow)
        menus = sorted(MENUS_OF_DAGS)
        grants = [
            Grant(dag=f"{name}_*", actions=sorted(DEVELOPER_ACTIONS), menus=menus)
            for name in ("marta", "sam")
        ]
        admin = lambda: Call(self.workflow, actor_for(self.workflow, "superadmin", None))  # noqa: E731
        for name, grant in zip(("marta", "sam"), grants, strict=True):
            create_role(admin(), body=NewRole(name=f"of {name}", grants=[grant]))
            body = NewAccount(name=name, password="correct horse", roles=[f"of {name}"])
            create_account(admin(), body=body)
        self.give_to_the_system()

    def give_to_the_system(self) -> None:
        """Set owners and modes as the first start does."""
        uid, home = self.settings.system_uid, self.settings.home_path
        for folder, names, files in os.walk(home):
            for name in [*names, *files]:
                os.chown(Path(folder, name), 0 if name == CONFIG_FILE else uid, uid)
        os.chown(home, uid, uid)
        home.chmod(0o711)
        for name in ("users", "hub"):
            (home / name).mkdir(exist_ok=True)
        (home / "users").chmod(0o711)
        (home / "hub").chmod(0o700)
        (home / "hub" / "cookie_secret").write_text("secret")

    def uid(self, name: str) -> int:
        state = find_account(self.workflow, name)
        assert state is not None
        return state.uid

    def save(self, name: str, path: str, text: str) -> None:
        """Save a DAG file as a person does, through the service, which has the system's uid."""
        call = Call(self.workflow, actor_for(self.workflow, name, None))
        save_dag_file(call, body=DagFileBody(path=path, content=text))
        for one in (self.settings.dags_path / path, (self.settings.dags_path / path).parent):
            os.chown(one, self.settings.system_uid, self.settings.system_uid)

    def values(self, column: Column, dag_id: str) -> list:
        """Return one column of a table's rows of one DAG."""
        with self.db.read() as tx:
            return [
                row[0] for row in tx.rows(select(column).where(column.table.c.dag_id == dag_id))
            ]

    def start_supervisor(self) -> subprocess.Popen:
        return subprocess.Popen(
            [
                *(self.python, "-P", "-m", "couture_scheduler.supervisor"),
                *("--home", self.settings.home),
            ],
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
            env={**os.environ, "COUTURE_OWN_UIDS": "true", "COUTURE_TOKEN_FOR_A_TEST": "secret"},
        )


@pytest.fixture(scope="module")
def team():
    python = open_python()
    folder = open_folder()
    deployment = Team(folder / "home", python)
    deployment.start()
    wait_until(lambda: (deployment.settings.run_path / "agent.sock").exists(), what="agent ready")
    yield deployment
    deployment.stop()
    shutil.rmtree(folder)
