"""What tasks may ask of other DAGs."""

from datetime import UTC, datetime

import pytest
from migrated import open_database
from sqlalchemy import select
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.db.tables import audit
from couture_scheduler.rules.plan import build_plan
from couture_scheduler.store import accounts, roles, runs
from couture_scheduler.worker.dag_requests import tasks_of_group

START = datetime(2026, 11, 20, tzinfo=UTC)


def dag(dag_id: str, *tasks: str, paused: bool = False, **options) -> DAG:
    made = DAG(dag_id, schedule=None, start_date=START, is_paused_upon_creation=paused, **options)
    for name in tasks:
        BashOperator(task_id=name, bash_command="true", dag=made)
    return made


@pytest.fixture
def master(world: World, running):
    """A running task of the DAG `master`, beside the DAG `child`."""
    world.save(dag("master", "start"))
    world.save(dag("child", "a", "b"), path="child.py")
    run_id = world.trigger("master")
    world.step()
    world.claim()
    return running("master", run_id, "start")


def ask(requests, attempt, op: str, **arguments):
    return requests.answer({"op": op, **arguments}, attempt)


def trigger(requests, attempt, dag_id: str = "child", **more):
    arguments = {"run_id": None, "conf": None, "logical_date": None, **more}
    return ask(requests, attempt, "trigger_dag", dag_id=dag_id, **arguments)


def test_a_task_starts_a_run_of_another_dag(world: World, requests, master):
    rung = []
    requests.dags.ring = rung.append
    answer = trigger(requests, master, run_id="from_master", conf={"x": 1})["value"]
    assert answer["run_id"] == "from_master"
    assert answer["is_paused"] is False
    world.play()
    with world.db.read() as tx:
        run = runs.get_run(tx, "child", "from_master")
    assert (run.state, run.conf, run.triggered_by) == ("success", {"x": 1}, "operator")
    assert "scheduler" in rung


def test_a_paused_dag_is_triggered_all_the_same_and_its_run_waits(world: World, requests, master):
    world.save(dag("sleeping", "a", paused=True), path="sleeping.py")
    answer = trigger(requests, master, "sleeping", run_id="r")["value"]
    assert answer["is_paused"] is True
    world.step()
    assert world.run_state("sleeping", "r") == "queued"


def test_there_is_no_such_dag(requests, master):
    answer = trigger(requests, master, "nowhere")
    assert answer["kind"] == "not_found"
    assert "nowhere" in answer["error"]


def test_a_run_id_is_given_once(requests, master):
    assert "value" in trigger(requests, master, run_id="once")
    assert trigger(requests, master, run_id="once")["kind"] == "run_exists"


def test_a_logical_date_is_given_once(requests, master):
    date = "2026-11-01T00:00:00+00:00"
    assert trigger(requests, master, logical_date=date)["value"]["logical_date"] == date
    assert trigger(requests, master, run_id="x", logical_date=date)["kind"] == "run_exists"


def test_reset_has_the_run_that_is_there_run_again(world: World, requests, master):
    trigger(requests, master, run_id="again")
    world.step()
    world.claim()
    for token, row in list(world.claimed.items()):
        if row.task_id != "start":
            world.finish(token)
    world.step()
    assert world.run_state("child", "again") == "success"
    answer = trigger(requests, master, run_id="again", reset=True)
    assert answer["value"]["run_id"] == "again"
    assert world.run_state("child", "again") == "queued"
    assert world.states("child", "again") == {"a": "none", "b": "none"}
    with world.db.read() as tx:
        assert runs.get_run(tx, "child", "again").clear_number == 1


def test_params_are_checked_against_their_schema(world: World, requests, master):
    from couture_operators.params import Param

    world.save(dag("strict", "a", params={"n": Param(1, type="integer")}), path="strict.py")
    answer = trigger(requests, master, "strict", conf={"n": "many"})
    assert "'n'" in answer["error"]
    assert "value" in trigger(requests, master, "strict", conf={"n": 2})


def test_a_conf_that_is_too_large_is_refused(world: World, requests, master):
    world.settings.max_conf_bytes = 100
    assert "max_conf_bytes" in trigger(requests, master, conf={"x": "y" * 200})["error"]


def test_who_triggered_what_is_in_the_audit_log(world: World, requests, master):
    trigger(requests, master, run_id="seen")
    with world.db.read() as tx:
        row = tx.first(select(audit).where(audit.c.event == "trigger_dag_run"))
    assert (row.dag_id, row.run_id, row.allowed) == ("child", "seen", True)
    assert row.extra["by_task"] == "master.start"


def test_states_of_runs_and_tasks_can_be_asked_for(world: World, requests, master):
    date = "2026-11-01T00:00:00+00:00"
    trigger(requests, master, run_id="r", logical_date=date)
    found = ask(requests, master, "dag_runs", dag_id="child", logical_dates=[date])["value"]
    assert [(one["run_id"], one["logical_date"], one["state"]) for one in found] == [
        ("r", date, "queued")
    ]
    assert ask(requests, master, "dag_runs", dag_id="child", run_ids=["other"])["value"] == []
    states = ask(
        requests, master, "task_states", dag_id="child", task_ids=["b"], logical_dates=[date]
    )["value"]
    assert [(one["task_id"], one["map_index"], one["state"]) for one in states] == [
        ("b", -1, "none")
    ]


def test_runs_are_chosen_by_state_type_and_date(world: World, requests, master):
    for day in (1, 2, 3):
        date = f"2026-11-0{day}T00:00:00+00:00"
        trigger(requests, master, run_id=f"r{day}", logical_date=date)

    def chosen(**criteria):
        answer = ask(requests, master, "dag_runs", dag_id="child", **criteria)
        return [one["run_id"] for one in answer["value"]]

    assert chosen() == ["r1", "r2", "r3"]
    assert chosen(states=["queued"], latest=1) == ["r3"]
    assert chosen(before="2026-11-03T00:00:00+00:00", latest=1) == ["r2"]
    assert chosen(since="2026-11-02T00:00:00", until="2026-11-03T00:00:00") == ["r2", "r3"]
    assert chosen(states=["failed"]) == chosen(other_types=["manual"]) == []
    assert chosen(run_types=["manual"], run_ids=["r1"]) == ["r1"]
    states = ask(requests, master, "task_states", dag_id="child", run_ids=["r1"])["value"]
    assert [one["task_id"] for one in states] == ["a", "b"]


def test_what_is_known_of_a_dag(requests, master):
    info = ask(requests, master, "dag_info", dag_id="child")["value"]
    assert (info["is_paused"], info["is_active"], info["task_ids"]) == (False, True, ["a", "b"])
    assert info["last_logical_date"] is None
    assert ask(requests, master, "dag_info", dag_id="nowhere")["value"] is None


def test_the_tasks_of_a_group_are_those_of_groups_inside_it_too():
    task = {
        "upstream": [],
        "downstream": [],
        "trigger_rule": "all_success",
        "depends_on_past": False,
        "wait_for_downstream": False,
    }
    data = {
        "task_groups": [
            {"group_id": "outer", "parent": None},
            {"group_id": "outer.inner", "parent": "outer"},
        ],
        "tasks": [
            {**task, "task_id": "alone", "group": None},
            {**task, "task_id": "outer.a", "group": "outer"},
            {**task, "task_id": "outer.inner.b", "group": "outer.inner"},
        ],
    }
    plan = build_plan("d", 1, "f", data)
    assert tasks_of_group(plan, "outer") == ["outer.a", "outer.inner.b"]
    assert tasks_of_group(plan, "outer.inner") == ["outer.inner.b"]


@pytest.fixture
def team(settings, clock):
    """A deployment with accounts: `reader` may see DAGs, not trigger them."""
    db = open_database(settings)
    db.clock = clock
    world = World(db, clock, settings)
    with db.write() as tx:
        for name, role in (("reader", "Viewer"), ("maker", "Op"), ("stranger", "Public")):
            values = {"origin": "local", "is_active": True}
            account_id = accounts.add_account(tx, name, values)
            role_id = roles.add_role(tx, role, "", is_default=True)
            roles.set_of_account(tx, account_id, [role_id])
    yield world
    db.close()


def test_the_rights_of_the_files_account_hold(team: World, vault):
    from types import SimpleNamespace

    from couture_scheduler.worker.requests import Requests
    from couture_scheduler.worker.run_as import RunAs

    team.save(dag("master", "start"))
    team.save(dag("child", "a"), path="child.py")
    run_id = team.trigger("master")
    with team.db.read() as tx:
        run = runs.get_run(tx, "master", run_id)
    row = SimpleNamespace(dag_id="master", task_id="start", map_index=-1, try_number=1)
    requests = Requests(team.db, vault, "host", team.settings)

    def as_(account: str):
        return SimpleNamespace(row=row, run=run, who=RunAs(account), token="t")

    assert "can_trigger" in trigger(requests, as_("reader"))["error"]
    assert trigger(requests, as_("stranger"))["kind"] == "not_found"
    assert ask(requests, as_("stranger"), "dag_info", dag_id="child")["value"] is None
    assert "value" in trigger(requests, as_("maker"))
