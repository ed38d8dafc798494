"""The `couture` command, on a deployment that was filled without processes."""

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from seeded import BAD, CHAIN, GOOD, LOG, SALES, seed

from couture_scheduler.cli.commands import COMMANDS
from couture_scheduler.cli.main import main
from couture_scheduler.db.migrate import HEAD
from couture_scheduler.db.tables import audit
from couture_scheduler.doctor.finding import Finding
from couture_scheduler.store import dags


@pytest.fixture
def world(home):
    world = seed(home)
    yield world
    world.db.close()


@pytest.fixture
def couture(home):
    def couture(*arguments: str, code: int = 0, **options) -> str:
        found = CliRunner().invoke(main, ["--home", str(home), *arguments], **options)
        assert found.exit_code == code, found.output
        return found.output

    return couture


def _modules_after(script: str) -> set[str]:
    script += "; import sys; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(found.stdout.splitlines()[-1].split())


def test_help_imports_nothing_heavy():
    script = "from couture_scheduler.cli.main import main; main(['--help'], standalone_mode=False)"
    assert not _modules_after(script) & {"sqlalchemy", "rich", "pydantic"}


def test_a_process_imports_no_other_command_than_its_own():
    script = "from couture_scheduler.cli.main import main; main.get_command(None, 'scheduler')"
    modules = _modules_after(script)
    found = {name for name in modules if name.startswith("couture_scheduler.cli.")}
    assert found == {
        f"couture_scheduler.cli.{name}"
        for name in ("main", "commands", "old_words", "programs", "sentences")
    }


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_says_what_it_does(name):
    command = main.get_command(click.Context(main), name)
    assert command.name == name
    assert command.help
    for below in getattr(command, "commands", {}).values():
        assert below.help, f"{name} {below.name}"


def test_dags_are_listed_as_a_table_and_as_json(world, couture):
    assert "every day at 02:00" in couture("dags", "list")
    found = json.loads(couture("dags", "list", "--output", "json"))
    assert [dag["dag_id"] for dag in found] == [CHAIN, SALES]
    assert [
        dag["dag_id"] for dag in json.loads(couture("dags", "list", "--paused", "-o", "json"))
    ] == [CHAIN]


def test_a_dag_is_shown(world, couture):
    assert "Sales of the day" in couture("dags", "show", SALES)


def test_what_does_not_exist_is_said_in_a_sentence(world, couture):
    assert couture("dags", "show", "nowhere", code=1) == "Error: There is no DAG 'nowhere'.\n"


@pytest.mark.parametrize("command", [("dags", "list"), ("db", "upgrade"), ("runs", "list", "d")])
def test_a_database_that_is_away_is_said_in_a_sentence(couture, monkeypatch, command):
    monkeypatch.setenv("COUTURE_DB_URL", "postgresql+psycopg://me:hush@127.0.0.1:1/none")
    said = couture(*command, code=1)
    assert said.startswith("Error: The database does not answer: ")
    assert "COUTURE_DB_URL" in said
    assert "hush" not in said


def test_a_database_that_cannot_be_used_is_said_in_a_sentence(couture, monkeypatch):
    monkeypatch.setenv("COUTURE_DB_URL", "oracle://me@127.0.0.1/none")
    assert couture("dags", "list", code=1).startswith("Error: The database 'oracle'")


def test_a_dag_is_switched(world, couture):
    couture("dags", "unpause", CHAIN)
    couture("dags", "pause", CHAIN)
    with world.db.read() as tx:
        assert dags.get_dag(tx, CHAIN).is_paused
        rows = tx.rows(audit.select())
    assert [(row.event, row.dag_id) for row in rows] == [("patch_dag", CHAIN)] * 2


def test_a_run_is_triggered_with_a_conf_from_a_file(world, couture, tmp_path):
    file = tmp_path / "conf.json"
    file.write_text('{"day": 1}')
    couture("dags", "trigger", SALES, "--run-id", "mine", "--conf", f"@{file}")
    [run] = [
        one
        for one in json.loads(couture("runs", "list", SALES, "-o", "json"))
        if one["dag_run_id"] == "mine"
    ]
    assert (run["conf"], run["triggered_by"]) == ({"day": 1}, "cli")


@pytest.mark.parametrize("conf", ["{", "[]", "@/does/not/exist"])
def test_a_bad_conf_is_refused(world, couture, conf):
    assert "--conf" in couture("dags", "trigger", SALES, "--conf", conf, code=2)


def test_next_runs_are_shown(world, couture):
    found = json.loads(couture("dags", "next-runs", CHAIN, "-n", "3", "-o", "json"))
    assert len(found) == 3


def test_import_errors_are_listed(world, couture):
    error = {"message": "bad", "line": 1, "stack_trace": "Traceback: bad"}
    with world.db.write() as tx:
        dags.set_import_error(tx, "broken.py", error)
    assert "broken.py" in couture("dags", "import-errors")


def test_waiting_for_an_ended_run_tells_its_end_by_the_exit_code(world, couture):
    couture("runs", "wait", SALES, GOOD)
    couture("runs", "wait", SALES, BAD, code=1)


def test_waiting_has_an_end(world, couture):
    couture("dags", "trigger", SALES, "--run-id", "open")
    answer = couture("runs", "wait", SALES, "open", "--timeout", "0.01", code=1)
    assert "open is queued after 0.01 s" in answer


def test_a_log_is_printed(world, couture):
    assert couture("tasks", "logs", SALES, GOOD, "extract") == LOG


def test_tasks_of_a_dag_and_of_a_run(world, couture):
    assert "BashOperator" in couture("tasks", "list", SALES)
    assert "upstream_failed" in couture("tasks", "list", SALES, BAD)


def test_why_is_answered(world, couture):
    assert couture("tasks", "why", SALES, BAD, "report") == "load failed.\n"


def test_clearing_shows_what_it_touches_and_asks(world, couture):
    answer = couture("tasks", "clear", SALES, BAD, "--only-failed", input="n\n", code=1)
    assert "load" in answer
    assert "Clear these 2?" in answer
    assert world.run_state(SALES, BAD) == "failed"
    couture("tasks", "clear", SALES, BAD, "--only-failed", "--yes")
    assert world.run_state(SALES, BAD) == "queued"


def test_a_task_is_marked(world, couture):
    couture("tasks", "mark", SALES, BAD, "load", "success")
    assert world.states(SALES, BAD)["load"] == "success"


def test_variables_are_set_shown_imported_and_deleted(world, couture, tmp_path):
    couture("variables", "set", "region", "eu", "--description", "where")
    assert couture("variables", "get", "region") == "eu\n"
    file = tmp_path / "variables.json"
    file.write_text('{"limit": 3, "region": "us"}')
    couture("variables", "import", str(file))
    found = json.loads(couture("variables", "list", "-o", "json"))
    assert {one["key"]: one["value"] for one in found} == {"limit": "3", "region": "us"}
    couture("variables", "delete", "limit")
    assert "no variable 'limit'" in couture("variables", "get", "limit", code=1)


def test_neither_values_nor_passwords_reach_the_audit_log(world, couture):
    couture("variables", "set", "key", "s3cret")
    couture("connections", "add", "db", "--uri", "postgres://ada:s3cret@host:5432/sales")
    with world.db.read() as tx:
        rows = tx.rows(audit.select())
    assert [row.event for row in rows] == ["import_variables", "add_connection"]
    assert "s3cret" not in str(rows)


def test_connections_are_shown_without_secrets(world, couture):
    couture("connections", "add", "db", "--uri", "postgres://ada:s3cret@host:5432/sales")
    [found] = json.loads(couture("connections", "list", "-o", "json"))
    assert (found["host"], found["schema"], found["password"]) == ("host", "sales", "***")
    couture("connections", "delete", "db")
    assert "no connection 'db'" in couture("connections", "delete", "db", code=1)


def test_a_notebook_is_scheduled(world, couture, home):
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python"}}
    notebook = home / "notebooks" / "report.ipynb"
    notebook.write_text(json.dumps({"nbformat": 4, "metadata": kernel, "cells": []}))
    source = couture("notebook", "schedule", str(notebook), "--cron", "@daily", "--preview")
    assert "schedule='@daily'" in source
    couture("notebook", "schedule", str(notebook), "-p", "a=9", "-p", "region=eu")
    [file] = (home / "dags" / "scheduled").glob("report_*.py")
    assert "parameters={'a': 9, 'region': 'eu'}" in file.read_text()


def test_a_notebook_elsewhere_is_refused(world, couture, tmp_path):
    notebook = tmp_path / "x.ipynb"
    notebook.write_text("{}")
    assert "must be below" in couture("notebook", "schedule", str(notebook), code=2)


def test_the_doctor_says_what_to_do(world, couture):
    answer = couture("doctor", code=1)
    assert "!!  Scheduler: None has ever run on this database. Start everything with" in answer


def test_the_doctor_speaks_to_programs_and_without_a_database_too(home, couture, monkeypatch):
    monkeypatch.setenv("COUTURE_DB_URL", "postgresql+psycopg://127.0.0.1:1/couture")
    home.mkdir()
    found = {
        one["name"]: one["problem"] for one in json.loads(couture("doctor", "-o", "json", code=1))
    }
    assert found["Database postgresql+psycopg://127.0.0.1:1/couture"].startswith(
        "It does not answer"
    )
    assert found["Kernel python3"] is None


def test_a_doctor_who_finds_nothing_says_so_by_the_exit_code(couture, monkeypatch):
    well = [Finding("Database"), Finding("Scheduler")]
    monkeypatch.setattr("couture_scheduler.doctor.examine.examine", lambda _: iter(well))
    assert couture("doctor") == "ok  Database\nok  Scheduler\n"


def test_the_database_goes_up_and_down(couture):
    assert HEAD in couture("db", "upgrade")
    assert couture("db", "current") == f"{HEAD}\n"
    assert "base" in couture("db", "downgrade", "base", "--yes")


def test_people_are_added_listed_and_given_another_password(world, couture):
    couture("users", "create", "Marta", "--role", "Viewer", input="correct horse\n")
    [marta] = json.loads(couture("users", "list", "--search", "mart", "-o", "json"))
    assert (marta["name"], marta["roles"], marta["must_change_password"]) == (
        "marta",
        ["Viewer"],
        True,
    )
    assert "couture@123" not in couture("users", "list", "-o", "json")
    couture("users", "reset-password", "marta", input="battery staple\n")
    told = couture("users", "reset-password", "marta", input="short\n", code=1)
    assert "at least 8 characters" in told
    told = couture("users", "create", "eve", "--role", "Boss", input="correct horse\n", code=1)
    assert "There is no role 'Boss'" in told
    couture("users", "create", "dora", "--ldap")
    [dora] = json.loads(couture("users", "list", "--search", "dora", "-o", "json"))
    assert (dora["origin"], dora["must_change_password"]) == ("ldap", False)
