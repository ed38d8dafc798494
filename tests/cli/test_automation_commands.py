"""`couture assets`, `couture callbacks`, `couture db clean`: on a deployment made without processes."""

import json

import pytest
from click.testing import CliRunner
from two_dags import seed_two

from couture_scheduler.cli.main import main


@pytest.fixture
def things(home):
    world, things = seed_two(home)
    yield things
    world.db.close()


@pytest.fixture
def couture(home, things):
    def couture(*arguments: str, code: int = 0) -> str:
        found = CliRunner().invoke(main, ["--home", str(home), *arguments])
        assert found.exit_code == code, found.output
        return found.output

    return couture


def test_assets_are_listed_with_who_updates_and_who_waits(couture):
    listed = json.loads(couture("assets", "list", "-o", "json"))
    assert [one["uri"] for one in listed] == ["s3://payroll", "s3://sales", "s3://shared"]
    assert listed[1]["updated_by"] == ["sales_daily.extract"]
    assert "sales_daily.extract" in couture("assets", "list")


def test_an_asset_is_found_by_name_or_uri_and_an_alias_by_name(couture, things):
    for which in (("--name", "asset_of_sales"), ("--uri", "s3://sales")):
        found = json.loads(couture("assets", "details", *which, "-o", "json"))
        assert found["id"] == things["own"].asset_id
    found = json.loads(
        couture("assets", "details", "--alias", "--name", "alias_of_sales", "-o", "json")
    )
    assert found["id"] == things["own"].asset_alias_id
    assert couture("assets", "details", "--uri", "s3://", code=1) == (
        "Error: There is no asset 's3://'.\n"
    )
    assert "--name, --uri or both" in couture("assets", "details", code=2)
    assert "no URI" in couture("assets", "details", "--alias", "--uri", "x", code=2)


def test_an_asset_is_materialized(couture):
    made = couture(
        "assets", "materialize", "--uri", "s3://sales", "--conf", '{"day": 1}', "-o", "json"
    )
    [run] = json.loads(made)
    assert (run["dag_id"], run["state"], run["conf"]) == ("sales_daily", "queued", {"day": 1})


def test_callbacks_are_listed_and_their_logs_printed(couture, things):
    own = things["own"]
    [found] = json.loads(
        couture("callbacks", "list", own.dag_id, "manual__1", "--state", "failed", "-o", "json")
    )
    assert (found["id"], found["reason"]) == (own.callback_id, "ValueError: sales")
    assert couture("callbacks", "list", own.dag_id, "no_run").strip() == "Nothing there."
    assert couture("callbacks", "logs", own.callback_id) == "callback of sales\n"
    assert "no callback 'x'" in couture("callbacks", "logs", "x", code=1)


def test_cleaning_says_what_it_would_delete_and_deletes_when_told_to(couture):
    told = couture("db", "clean", "--before", "2100-01-01", "--dry-run")
    assert "callback             2 would be deleted" in told
    assert "The audit log is left alone" in told
    assert couture("callbacks", "list", "-o", "json") != "Nothing there."
    told = couture("db", "clean", "--keep-days", "1", "--tables", "callback,mail", "--yes")
    assert "callback             0 to delete" in told
    told = couture("db", "clean", "--before", "2100-01-01", "-t", "callback", "-y")
    assert "callback             2 deleted" in told
    assert json.loads(couture("callbacks", "list", "-o", "json")) == []


def test_cleaning_asks_first_and_wants_one_date(couture):
    assert "Delete what was over before 2100-01-01" in couture(
        "db", "clean", "--before", "2100-01-01", code=1
    )
    assert "Say either --before or --keep-days" in couture("db", "clean", code=2)
    assert "no table 'dag'" in couture("db", "clean", "--keep-days", "1", "-t", "dag", code=1)
