"""`couture jobs`: what health checks ask."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from couture_scheduler.cli.main import main
from couture_scheduler.clock import VirtualClock
from couture_scheduler.db.database import Database
from couture_scheduler.processes import open_database
from couture_scheduler.store import jobs


@pytest.fixture
def start(settings):
    """Records a process that was started so many seconds ago, and returns its number."""
    open_database(settings).close()

    def start(kind="AgentJob", host="worker-1", ago=0):
        db = Database(settings.db_url, VirtualClock(datetime.now(UTC) - timedelta(seconds=ago)))
        with db.write() as tx:
            number = jobs.start(tx, kind, host, os.getpid())
        db.close()
        return number

    return start


@pytest.fixture
def jobs_command(home):
    def run(*arguments: str):
        command = ["--home", str(home), "jobs", *arguments]
        return CliRunner().invoke(main, command, env={"COUTURE_HOST_NAME": "worker-1"})

    return run


def test_what_lives_on_this_host_is_healthy(start, jobs_command):
    start()
    found = jobs_command("check", "--job-type", "AgentJob", "--local")
    assert (found.exit_code, found.output) == (0, "AgentJob on worker-1 is alive.\n")


@pytest.mark.parametrize(("kind", "host"), [("AgentJob", "worker-2"), ("SchedulerJob", "worker-1")])
def test_another_hosts_and_another_kind_do_not_count(start, jobs_command, kind, host):
    start(kind, host)
    found = jobs_command("check", "--job-type", "AgentJob", "--local")
    assert found.exit_code == 1
    assert "No AgentJob on worker-1 has shown a sign of life lately." in found.output


def test_who_is_silent_is_not_healthy(start, jobs_command):
    start(ago=16)
    assert jobs_command("check").exit_code == 1


def test_those_that_should_run_are_listed(settings, start, jobs_command):
    ended, running = start("SchedulerJob", "a"), start("SchedulerJob", "b")
    db = Database(settings.db_url)
    with db.write() as tx:
        jobs.end(tx, ended)
    db.close()
    found = json.loads(jobs_command("list", "--job-type", "SchedulerJob", "-o", "json").output)
    assert [one["id"] for one in found] == [running]
