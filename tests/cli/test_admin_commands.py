"""`couture variables` and `couture connections`, with files."""

import json

import pytest
from click.testing import CliRunner
from seeded import CHAIN, seed

from couture_scheduler.cli.main import main


@pytest.fixture
def couture(home):
    def couture(*arguments: str, code: int = 0) -> str:
        found = CliRunner().invoke(main, ["--home", str(home), *arguments])
        assert found.exit_code == code, found.output
        return found.output

    return couture


def test_a_secret_variable_is_hidden_in_lists_and_printed_on_demand(couture):
    couture("variables", "set", "db_password", "s3cret")
    [found] = json.loads(couture("variables", "list", "-o", "json"))
    assert found["value"] == "***"
    assert couture("variables", "get", "db_password") == "s3cret\n"


def test_variables_go_into_a_file_and_back(couture, tmp_path):
    file = tmp_path / "variables.json"
    couture("variables", "set", "db_password", "s3cret", "--description", "of the shop")
    couture("variables", "set", "region", "eu")
    couture("variables", "export", str(file))
    couture("variables", "delete", "region")
    said = couture("variables", "import", str(file), "--action-on-existing-key", "skip")
    assert said == "created: region\nchanged: -\nkept: db_password\n"
    assert "already" in couture("variables", "import", str(file), "-a", "fail", code=1)


@pytest.mark.parametrize("text", ["[1]", "{"])
def test_a_file_that_is_no_json_object_is_refused(couture, tmp_path, text):
    file = tmp_path / "variables.json"
    file.write_text(text)
    assert "JSON" in couture("variables", "import", str(file), code=2)
    assert "JSON" in couture("connections", "import", str(file), code=2)


@pytest.mark.parametrize("name", ["all.json", "all.env"])
def test_connections_go_into_a_file_and_back(couture, tmp_path, name):
    file = tmp_path / name
    for host in ("a", "b"):
        couture("connections", "add", "db", "--uri", f"postgres://ada:p%40ss@{host}:5432/sales")
    couture("connections", "export", str(file))
    before = file.read_text()
    couture("connections", "delete", "db")
    couture("connections", "import", str(file))
    couture("connections", "export", str(file))
    assert file.read_text() == before
    assert ("p%40ss" if name.endswith(".env") else "p@ss") in before
    found = json.loads(couture("connections", "list", "-o", "json"))
    assert [(one["host"], one["sharing"]) for one in found] == [("a", 2), ("b", 2)]


def test_an_import_replaces_connections_only_if_it_is_told_to(couture, tmp_path):
    file = tmp_path / "all.env"
    file.write_text("# comment\n\ndb=http://new\n")
    couture("connections", "add", "db", "--uri", "http://old")
    assert couture("connections", "import", str(file)) == "created: -\nchanged: -\nkept: db\n"
    couture("connections", "import", str(file), "--overwrite")
    assert '"new"' in couture("connections", "get", "db", "-o", "json")
    file.write_text("nonsense")
    assert "line 1" in couture("connections", "import", str(file), code=2)


def test_a_connection_without_a_type_or_of_an_unknown_id_is_refused(couture):
    assert "needs a type" in couture("connections", "add", "db", "--host", "h", code=2)
    assert "no connection 'db'" in couture("connections", "get", "db", code=1)


def test_testing_a_connection_is_off_by_default(couture, monkeypatch):
    couture("connections", "add", "db", "--uri", "http://127.0.0.1:1")
    assert "test_connections" in couture("connections", "test", "db", code=1)
    monkeypatch.setenv("COUTURE_TEST_CONNECTIONS", "true")
    assert "cannot be reached" in couture("connections", "test", "db", code=1)


def test_pools_are_set_listed_and_deleted(couture):
    couture("pools", "set", "small", "3", "for tests", "--include-deferred")
    couture("pools", "set", "small", "4")
    found = json.loads(couture("pools", "get", "small", "-o", "json"))
    assert (found["slots"], found["description"], found["include_deferred"]) == (
        4,
        "for tests",
        True,
    )
    assert "no limit" in couture("pools", "set", "small", "--", "-1")
    assert "default_pool" in couture("pools", "list")
    couture("pools", "delete", "small")
    assert "no pool 'small'" in couture("pools", "get", "small", code=1)


def test_settings_are_printed(couture):
    assert "[core]" in couture("config", "list")
    assert couture("config", "list", "--section", "email").startswith("[email]")
    assert couture("config", "get-value", "core", "keep_running") == "False\n"
    assert "no setting" in couture("config", "get-value", "core", "colour", code=1)


def test_a_backfill_is_tried_made_paused_and_cancelled(home, couture):
    seed(home).db.close()
    dates = ("--dag-id", CHAIN, "--from-date", "2026-11-02", "--to-date", "2026-11-03T02:00")
    would = json.loads(couture("backfill", "create", *dates, "--dry-run", "-o", "json"))
    assert [one["logical_date"] for one in would] == [
        "2026-11-02T02:00:00Z",
        "2026-11-03T02:00:00Z",
    ]
    made = json.loads(couture("backfill", "create", *dates, "--max-active-runs", "1", "-o", "json"))
    number = str(made["id"])
    couture("backfill", "pause", number)
    [found] = json.loads(couture("backfill", "list", "--active", "-o", "json"))
    assert found["is_paused"]
    couture("backfill", "unpause", number)
    couture("backfill", "cancel", number)
    assert json.loads(couture("backfill", "list", "--active", "-o", "json") or "[]") == []
    assert "is over" in couture("backfill", "cancel", number, code=1)
    assert "no date" in couture("backfill", "create", *dates[:3], "soon", *dates[4:], code=2)
