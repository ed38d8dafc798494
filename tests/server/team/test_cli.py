"""The command line in a terminal of a user server: acts as that person, with that person's rights."""

import os
import subprocess
import sys

import pytest
from seeded import SALES


@pytest.fixture
def couture(team):
    def couture(person: str, *arguments: str) -> tuple[int, str]:
        environment = {
            **{name: value for name, value in os.environ.items() if "COUTURE" not in name},
            "COUTURE_SERVICE_URL": team.service,
            "JUPYTERHUB_API_TOKEN": f"t-{person}",
        }
        done = subprocess.run(
            [sys.executable, "-P", "-m", "couture_scheduler.cli.main", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return couture


def test_a_user_triggers_and_lists_what_the_person_may(couture):
    code, told = couture("uma", "dags", "trigger", SALES)
    assert code == 0, told
    code, told = couture("uma", "runs", "list", SALES)
    assert (code, "queued" in told) == (0, True), told


def test_a_viewer_is_refused_with_the_sentence_of_the_service(couture):
    code, told = couture("vera", "dags", "trigger", SALES)
    assert code == 1
    assert "vera lacks the permission can_trigger" in told


def test_an_unknown_token_is_refused(couture):
    code, told = couture("nobody-has-this", "dags", "list")
    assert code == 1
    assert "The token is unknown" in told


def test_what_needs_the_machine_of_the_deployment_says_so(couture):
    code, told = couture("ada", "rotate-fernet-key")
    assert code == 1
    assert "on the machine of the deployment only" in told
