"""Commands in the words of Airflow 2, on a deployment that was filled without processes."""

import json
import threading

import pytest
from click.testing import CliRunner
from deployment import wait_until
from seeded import BAD, CHAIN, GOOD, SALES, seed

from couture_scheduler.cli.main import main
from couture_scheduler.cli.old_words import OLD_WORDS
from couture_scheduler.schemas.backfills import BackfillQuery
from couture_scheduler.services.backfills import list_backfills
from couture_scheduler.services.session import open_session
from couture_scheduler.states import AttemptState
from couture_scheduler.store import jobs

FILE = """
from couture_operators import DAG, BashOperator, Variable

with DAG("mine", schedule="@daily") as dag:
    BashOperator(
        task_id="tell", bash_command="echo {{ ds }} {{ dag_run.conf.where }} {{ var.value.x }}"
    )
"""


@pytest.fixture
def world(home):
    world = seed(home)
    yield world
    world.db.close()


@pytest.fixture
def couture(home, world):
    def couture(*arguments: str, code: int = 0, **options) -> str:
        found = CliRunner().invoke(main, ["--home", str(home), *arguments], **options)
        assert found.exit_code == code, found.output
        return found.output

    return couture


@pytest.fixture
def good_date(couture):
    [run] = [one for one in runs_of(couture) if one["dag_run_id"] == GOOD]
    return run["logical_date"]


def runs_of(couture, *options):
    return json.loads(couture("dags", "list-runs", "-d", SALES, *options, "-o", "json"))


def test_runs_are_listed_by_state_and_dates(couture, good_date):
    assert [one["dag_run_id"] for one in runs_of(couture)] == [BAD, GOOD]
    assert [one["dag_run_id"] for one in runs_of(couture, "--state", "failed")] == [BAD]
    assert [one["dag_run_id"] for one in runs_of(couture, "-e", good_date)] == [GOOD]
    assert runs_of(couture, "-s", "2099-01-01", "--no-backfill") == []
    assert "no date" in couture("dags", "list-runs", "-d", SALES, "-s", "soon", code=2)


def test_states_are_told_by_run_id_or_logical_date(couture, good_date):
    assert couture("dags", "state", SALES, BAD) == "failed\n"
    assert couture("dags", "state", SALES, good_date) == "success\n"
    assert couture("tasks", "state", SALES, "report", BAD) == "upstream_failed\n"
    assert couture("tasks", "state", SALES, "load", good_date) == "success\n"
    found = json.loads(couture("tasks", "states-for-dag-run", SALES, BAD, "-o", "json"))
    assert {one["task_id"]: one["state"] for one in found} == {
        "extract": "success",
        "load": "failed",
        "report": "upstream_failed",
    }
    for which in ("no_run", "2001-01-01"):
        assert f"no run '{which}'" in couture("dags", "state", SALES, which, code=1)


def test_what_a_task_waits_for_is_told_rule_by_rule(couture, world):
    world.trigger(SALES, "open")
    told = couture("tasks", "failed-deps", SALES, "load", "open")
    assert "Scheduler is running: The scheduler is not running." in told
    assert couture("tasks", "failed-deps", SALES, "report", BAD) == "load failed.\n"


def test_next_executions_are_logical_dates(couture):
    first, second = couture("dags", "next-execution", CHAIN, "-n", "2").splitlines()[-2:]
    assert first < second
    assert "T02:00:00" in first
    assert "no further run" in couture("dags", "next-execution", SALES, code=1)


def test_files_processes_and_import_errors_are_reported(couture, world):
    with world.db.write() as tx:
        jobs.start(tx, "SchedulerJob", "host", 1)
    [file] = json.loads(couture("dags", "report", "-o", "json"))
    assert (file["file"], file["dag_num"], file["task_num"]) == ("manual/sales.py", 2, 4)
    [job] = json.loads(couture("dags", "list-jobs", "--state", "running", "-o", "json"))
    assert job["job_type"] == "SchedulerJob"
    assert "Nothing there" in couture("dags", "list-import-errors")
    assert "Sales of the day" in couture("dags", "details", SALES)


def test_a_run_is_triggered_for_a_logical_date(couture):
    couture("dags", "trigger", SALES, "-r", "mine", "-c", '{"a": 1}', "-e", "2026-11-05")
    [run] = [one for one in runs_of(couture) if one["dag_run_id"] == "mine"]
    assert (run["conf"], run["logical_date"]) == ({"a": 1}, "2026-11-05T00:00:00Z")


def test_a_backfill_is_awaited(couture, world, home):
    couture("dags", "unpause", CHAIN, "--yes")
    days = ("-s", "2026-11-02T02:00", "-e", "2026-11-03T02:00")
    assert len(couture("dags", "backfill", CHAIN, *days, "--dry-run").splitlines()) == 3
    result: list[str] = []
    waiting = threading.Thread(
        target=lambda: result.append(couture("dags", "backfill", CHAIN, *days, "-y", code=1))
    )
    waiting.start()
    settings = world.settings
    opened = open_session(lambda: settings, "cli")
    wait_until(lambda: list_backfills(opened.call(), query=BackfillQuery()).backfills)
    opened.close()
    world.clock.advance(2 * 3600)  # past the moment at which the command asked
    world.play(lambda _: AttemptState.FAILED)
    waiting.join(30)
    assert "failed: 2" in result[0]


def test_a_dag_is_deleted_when_that_is_confirmed(couture):
    assert "Aborted" in couture("dags", "delete", SALES, input="n\n", code=1)
    assert "2 runs are deleted" in couture("dags", "delete", SALES, "-y")
    assert runs_of(couture) == []


def test_tasks_are_cleared_by_pattern_and_dates(couture, world, good_date):
    couture("tasks", "clear", SALES, "-t", "^lo", "-d", "-s", good_date, "-e", good_date, "-y")
    assert world.states(SALES, GOOD) == {"extract": "success", "load": "none", "report": "none"}
    assert world.run_state(SALES, BAD) == "failed"
    assert "No task of DAG" in couture("tasks", "clear", SALES, "-t", "zzz", code=1)
    assert "--task-regex" in couture("tasks", "clear", SALES, "-t", "(", code=2)


def test_tasks_are_drawn_as_a_tree(couture):
    assert couture("tasks", "list", SALES, "--tree") == "extract\n    load\n        report\n"


def test_templates_are_rendered_without_running(couture, world, tmp_path):
    couture("variables", "set", "x", "7")
    file = tmp_path / "mine.py"
    file.write_text(FILE)
    how = ("--file", str(file), "--conf", '{"where": "here"}', "-o", "json")
    found = json.loads(couture("tasks", "render", "mine", "tell", "2026-11-05", *how))
    assert found["bash_command"] == "echo 2026-11-05 here 7"
    assert "no_task" in couture("tasks", "render", "mine", "no_task", *how, code=1)
    file.write_text(FILE.replace("{{ ds }}", "{{ ds "))
    assert "bash_command" in couture("tasks", "render", "mine", "tell", *how, code=1)


def test_variables_are_got_as_json_or_a_default(couture):
    couture("variables", "set", "limits", '{"a":1}', "-j")
    assert couture("variables", "get", "limits", "-j") == '{\n  "a": 1\n}\n'
    assert couture("variables", "get", "nothing", "-d", "5") == "5\n"
    assert "no JSON" in couture("variables", "set", "limits", "{", "-j", code=1)


def test_pools_go_into_a_file_and_back(couture, tmp_path):
    file = tmp_path / "pools.json"
    couture("pools", "set", "small", "3", "few")
    couture("pools", "export", str(file))
    found = json.loads(file.read_text())
    assert found["small"] == {"slots": 3, "description": "few", "include_deferred": False}
    file.write_text(json.dumps({"small": {"slots": 4}, "big": {"slots": -1}}))
    assert couture("pools", "import", str(file)) == "2 pools are set.\n"
    assert "4" in couture("pools", "get", "small")
    file.write_text('{"odd": {"slots": "many"}}')
    assert "holds no pools" in couture("pools", "import", str(file), code=2)


def test_connections_take_airflows_options(couture):
    couture(
        "connections", "add", "db", "--conn-type", "http", "--conn-host", "h", "--conn-port", "1"
    )
    [found] = json.loads(couture("connections", "list", "--conn-id", "db", "-o", "json"))
    assert (found["host"], found["port"]) == ("h", 1)
    couture("connections", "create-default-connections")
    assert "httpbin" in couture("connections", "get", "http_default")


@pytest.mark.parametrize("name", OLD_WORDS)
def test_the_names_of_airflow_1_are_known_but_not_listed(name):
    group, command = OLD_WORDS[name]
    asked = CliRunner().invoke(main, [name, "--help"]).output
    assert (
        asked.splitlines()[2:]
        == (CliRunner().invoke(main, [group, command, "--help"]).output.splitlines()[2:])
    )
    assert f"  {name} " not in CliRunner().invoke(main, ["--help"]).output


def test_commands_of_airflow_1_do_what_they_did(couture):
    couture("trigger_dag", SALES, "-r", "old", "-c", '{"a": 1}')
    assert couture("dag_state", SALES, "old") == "queued\n"
    assert couture("task_state", SALES, "load", BAD) == "failed\n"
    assert SALES in couture("list_dags")
