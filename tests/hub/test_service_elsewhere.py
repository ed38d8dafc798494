"""Hub and service started apart, as in containers: `couture start --service`, `couture service`."""

import json
import os
import signal
import subprocess
import sys

import psutil
import pytest
from deployment import wait_until
from sqlalchemy import select
from team import Team, free_port

from couture_scheduler.db.database import Database
from couture_scheduler.db.tables import audit

pytestmark = pytest.mark.processes

BROWSER = "203.0.113.9"
FIRST = "what-a-Secret-gave"
_COUTURE = (sys.executable, "-P", "-m", "couture_scheduler.cli.main")


class TeamApart(Team):
    """The Hub with a COUTURE_HOME of its own; the service with another one, at its own address."""

    def __init__(self, folder):
        super().__init__(folder / "hub")
        self.folder = folder
        self.address = f"127.0.0.2:{free_port()}"
        self.service = None

    def start(self, **options):
        key = self.folder / "service" / "secret.key"
        self.environment = os.environ | {
            f"COUTURE_{name.upper()}": str(text) for name, text in options.items()
        }
        self.log_file = (self.folder / "service.log").open("wb")
        self.service = self._run(
            "service", "service", f"--listen={self.address}", f"--hub={self.url}"
        )
        wait_until(key.exists, 30, "the service has made the key")
        self.home.mkdir()
        (self.home / "secret.key").write_bytes(key.read_bytes())
        (self.home / "secret.key").chmod(0o600)
        hub = ("start", f"--port={self.port}", "--no-browser", f"--service=http://{self.address}")
        self.process = self._run("hub", *hub)
        wait_until(lambda: "is ready" in (self.folder / "service.log").read_text(), 90, "a login")
        return self

    def _run(self, home, *command):
        return subprocess.Popen(
            [*_COUTURE, "--home", str(self.folder / home), *command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log_file,
            stderr=self.log_file,
            start_new_session=True,
        )

    def stop(self, how=signal.SIGTERM):
        self.service.terminate()
        self.service.wait(10)
        super().stop(how)


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    folder = tmp_path_factory.mktemp("apart")
    (folder / "password").write_text(f"{FIRST}\n")
    team = TeamApart(folder).start(
        db_url=f"sqlite:///{folder}/couture.db",
        trusted_proxies="127.0.0.1",
        admin_password_file=folder / "password",
        stop_grace_seconds=2,
    )
    yield team
    team.stop()


@pytest.fixture(scope="module")
def lab(team):
    """superadmin in the own Lab: (browser, token)."""
    visitor = team.visitor()
    assert visitor.log_in("superadmin", FIRST).status == 302
    visitor.open_lab("superadmin")
    return visitor, visitor.make_token()


def test_a_lab_reaches_the_service_of_another_address(team, lab):
    visitor, _ = lab
    answer = visitor.ask("/user/superadmin/workflow/api/couture/status")
    assert json.loads(answer.body)["user"]["name"] == "superadmin"
    assert team.pid_of("couture_hub.service") is None
    assert team.pid_of("couture_scheduler.supervisor") is None


@pytest.mark.parametrize("path", ["services/workflow", "user/superadmin/workflow"])
def test_the_audit_has_the_browsers_address_and_not_that_of_the_hub(team, lab, path):
    visitor, token = lab
    name = f"from_{path.replace('/', '_')}"
    answer = visitor.ask(
        f"/{path}/api/v2/variables",
        data=json.dumps({"key": name, "value": "1"}).encode(),
        headers={
            "Authorization": f"token {token}",
            "Content-Type": "application/json",
            "X-Forwarded-For": BROWSER,
        },
    )
    assert answer.status == 201, answer.text
    db = Database(f"sqlite:///{team.folder}/couture.db")
    with db.read() as tx:
        latest = tx.scalar(select(audit.c.source_ip).order_by(audit.c.id.desc()).limit(1))
    db.close()
    assert latest == BROWSER


def test_the_hub_has_no_examples_and_ends_without_the_service(team):
    assert not list((team.home / "dags").iterdir())
    hub = team.pid_of("couture_hub")
    assert hub is not None
    assert "COUTURE_ADMIN_PASSWORD" not in psutil.Process(hub).environ()
