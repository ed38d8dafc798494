"""Lists and pages as Lab shows them."""

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from couture_operators import DAG
from couture_scheduler.schemas.base import MapIndex
from couture_scheduler.schemas.dag_runs import RunQuery
from couture_scheduler.schemas.dag_views import DagListQuery, GraphQuery, NotebookQuery
from couture_scheduler.schemas.event_logs import EventLogQuery
from couture_scheduler.services.dag_runs import get_dag_runs
from couture_scheduler.services.dag_views import get_dag_detail, get_dag_list, get_graph
from couture_scheduler.services.event_logs import get_event_log, get_event_logs
from couture_scheduler.services.roles import local_admin
from couture_scheduler.services.status import get_status
from couture_scheduler.services.task_instances import get_task_instance_tries
from couture_scheduler.services.task_views import (
    get_executed_notebook,
    get_task_instance_view,
    get_why,
)
from couture_scheduler.states import AttemptState
from couture_scheduler.store import dags, hosts, jobs


def start_jobs(world) -> None:
    with world.db.write() as tx:
        for kind in ("SchedulerJob", "AgentJob"):
            jobs.start(tx, kind, "host", 1)


def test_the_list_has_the_last_ten_runs_oldest_first(sales, call):
    names = [f"run{number}" for number in range(12)]
    for name in names:
        sales.trigger("sales", name)
        sales.play()
        sales.clock.advance(60)
    [row] = get_dag_list(call(), query=DagListQuery()).dags
    assert [run.run_id for run in row.recent_runs] == names[-10:]
    assert row.last_run is not None
    assert row.last_run.run_id == "run11"
    assert row.task_counts == {"success": 3}


def test_the_list_counts_tasks_of_the_last_run_by_state(sales, call):
    sales.trigger("sales")
    sales.step()
    sales.claim()
    [row] = get_dag_list(call(), query=DagListQuery()).dags
    assert row.task_counts == {"running": 1}


def test_a_dag_is_its_owners_and_everything_is_whose_process_it_is(sales, call):
    def mine(actor):
        return get_dag_list(replace(call(), actor=actor), query=DagListQuery()).dags[0].mine

    [owner] = get_dag_list(call(), query=DagListQuery()).dags[0].owners
    somebody = call().actor
    assert mine(replace(somebody, user=owner))
    assert not mine(replace(somebody, user="somebody else"))
    assert mine(local_admin("cli"))


def test_an_import_error_stands_at_the_dags_that_still_run(sales, call):
    error = {"message": "bad syntax", "line": 3, "stack_trace": "Traceback"}
    with sales.db.write() as tx:
        dags.set_import_error(tx, "file.py", error)
    found = get_dag_list(call(), query=DagListQuery())
    assert found.dags[0].has_import_errors
    assert (found.import_errors[0].dag_ids, found.import_errors[0].line) == (["sales"], 3)
    assert found.import_errors[0].last_good_version == sales.clock.now()
    detail = get_dag_detail(call(), dag_id="sales").import_error
    assert detail is not None
    assert detail.message == "bad syntax"


def test_the_list_comes_by_the_page_and_says_what_comes_next(sales, call):
    others = (DAG(name, schedule=None) for name in ("accounts", "zones"))
    sales.save(*others, path="more.py")
    error = {"message": "bad syntax", "line": 3, "stack_trace": "Traceback"}
    with sales.db.write() as tx:
        dags.set_import_error(tx, "other.py", error)
    first = get_dag_list(call(), query=DagListQuery(limit=2))
    assert [row.dag_id for row in first.dags] == ["accounts", "sales"]
    assert (len(first.import_errors), first.next) == (1, "sales")
    last = get_dag_list(call(), query=DagListQuery(limit=2, after=first.next))
    assert [row.dag_id for row in last.dags] == ["zones"]
    assert (last.import_errors, last.next) == ([], None)
    whole = get_dag_list(call(), query=DagListQuery(limit=3))
    assert (len(whole.dags), whole.next) == (3, None)


def test_the_graph_has_the_states_of_a_run(sales, call):
    run = sales.trigger("sales")
    sales.step()
    sales.claim()
    graph = get_graph(call(), dag_id="sales", query=GraphQuery(run_id=run))
    assert graph.edges == [("extract", "load"), ("load", "report")]
    assert {name: state.state for name, state in graph.states.items()} == {
        "extract": "running",
        "load": None,
        "report": None,
    }


def test_tries_show_the_last_attempt_of_each(sales, call):
    run = sales.trigger("sales")
    sales.step()
    sales.claim()
    sales.new_agent()
    sales.play(lambda _: AttemptState.FAILED)
    found = get_task_instance_tries(
        call(), dag_id="sales", dag_run_id=run, task_id="extract", query=MapIndex()
    )
    assert [(one.try_number, one.state) for one in found.task_instances] == [(1, "failed")]


def test_a_failed_task_shows_what_it_raised(sales, call):
    run = sales.trigger("sales")
    sales.step()
    [row] = sales.claim()
    trace = 'File "/dags/file.py", line 7, in f\n  File "/lib/x.py", line 9\nValueError: no rows'
    error = {"class": "ValueError", "traceback": trace}
    sales.finish(row.token, AttemptState.FAILED, reason="ValueError: no rows", error=error)
    view = get_task_instance_view(call(), dag_id="sales", dag_run_id=run, task_id="extract")
    assert view.error is not None
    assert json.loads(view.error.model_dump_json())["class"] == "ValueError"
    assert (view.error.line, view.error.message) == (7, trace)
    assert (view.reason, view.tries[0].reason) == ("ValueError: no rows", "ValueError: no rows")


@pytest.fixture
def why(call):
    def why(run: str, task: str):
        return get_why(call(), dag_id="sales", dag_run_id=run, task_id=task)

    return why


def test_why_names_what_a_task_waits_for(sales, why):
    start_jobs(sales)
    run = sales.trigger("sales")
    sales.step()
    sales.claim()
    found = why(run, "load")
    assert found.summary == "Waiting for extract (running)."
    assert [rule.name for rule in found.rules if not rule.passed] == ["Trigger rule all_success"]
    assert why(run, "extract").summary.startswith("Running on host since")


def test_why_says_that_no_host_takes_tasks_of_the_queue(sales, why):
    start_jobs(sales)
    run = sales.trigger("sales")
    sales.step()
    with sales.db.write() as tx:
        hosts.begin_epoch(tx, "host", 8, ["gpu"], timedelta(seconds=30))
    found = why(run, "extract")
    assert "No host that is running takes tasks of the queue 'default'" in found.summary
    with sales.db.write() as tx:
        hosts.begin_epoch(tx, "other", 8, None, timedelta(seconds=30))
    assert why(run, "extract").summary == "It waits for a free worker slot."


def test_why_says_that_the_scheduler_is_away(sales, why):
    run = sales.trigger("sales")
    assert why(run, "extract").summary == "The scheduler is not running."


def test_why_says_that_the_dag_is_paused(sales, why):
    start_jobs(sales)
    run = sales.trigger("sales")
    with sales.db.write() as tx:
        dags.set_paused(tx, "sales", True)
    assert any("paused" in rule.reason for rule in why(run, "extract").rules)


def test_why_of_a_queued_task_looks_at_the_agent(sales, why):
    run = sales.trigger("sales")
    sales.step()
    assert why(run, "extract").summary == "The agent is not running."
    start_jobs(sales)
    assert why(run, "extract").summary == "It waits for a free worker slot."


def test_why_of_an_ended_task_is_its_reason(sales, why):
    run = sales.trigger("sales")
    sales.play(lambda _: AttemptState.FAILED)
    assert why(run, "load").summary == "extract failed."


def test_the_executed_notebook_comes_with_its_outputs(sales, call, home):
    run = sales.trigger("sales")
    sales.play()
    path = home / "outputs" / "sales" / run / "extract" / "1.ipynb"
    ask = {"dag_id": "sales", "dag_run_id": run, "task_id": "extract", "query": NotebookQuery()}
    assert get_executed_notebook(call(), **ask).message == "This try has written no notebook yet."
    path.parent.mkdir(parents=True)
    path.write_text('{"cells": []}')
    found = get_executed_notebook(call(), **ask)
    assert found.path == f"outputs/sales/{run}/extract/1.ipynb"
    assert (found.content, found.complete) == ({"cells": []}, True)
    path.write_text('{"cells"')
    assert get_executed_notebook(call(), **ask).content is None


def test_the_status_knows_who_is_alive(sales, call):
    assert get_status(call()).scheduler.state != "healthy"
    start_jobs(sales)
    assert get_status(call()).scheduler.state == "healthy"
    sales.clock.advance(60)
    assert get_status(call()).agent.state == "away"


def test_a_list_that_is_bounded_by_a_time_is_ordered_by_it(sales, call):
    late = sales.clock.now() + timedelta(days=2)
    for name, day in (("second", 1), ("first", 0)):
        sales.trigger("sales", name, at=late + timedelta(days=day))
    query = RunQuery(logical_date_gte=late)  # type: ignore[call-arg] - made by `with_bounds`
    found = get_dag_runs(call(), dag_id="sales", query=query).dag_runs
    assert [run.dag_run_id for run in found] == ["first", "second"]


def test_lists_are_paged_filtered_and_ordered(sales, call):
    for number in range(5):
        sales.trigger("sales", f"run{number}")
        sales.clock.advance(60)

    def names(**fields) -> list[str]:
        found = get_dag_runs(call(), dag_id="sales", query=RunQuery(**fields))
        return [run.dag_run_id for run in found.dag_runs]

    assert names(limit=2, order_by=["-run_after"]) == ["run4", "run3"]
    assert names(limit=2, offset=2, order_by=["run_after"]) == ["run2", "run3"]
    assert names(run_id_pattern="RUN1|un3") == ["run1", "run3"]
    assert names(run_id_prefix_pattern="run_") == []
    assert names(state=["success"]) == []
    since = sales.clock.now() - timedelta(minutes=2)
    assert names(run_after_gte=since) == ["run3", "run4"]
    assert names(run_after_gt=since.replace(tzinfo=None)) == ["run4"]


def test_events_of_people_and_engine_are_one_list(sales, call):
    from couture_scheduler.schemas.dags import DAGPatchBody, DagPatchQuery
    from couture_scheduler.services.dags import patch_dag

    sales.trigger("sales", "run")
    sales.play()
    sales.clock.advance(1)
    patch_dag(call(), dag_id="sales", body=DAGPatchBody(is_paused=True), query=DagPatchQuery())
    query = EventLogQuery(limit=2, order_by=["-when"])
    found = get_event_logs(call(), query=query)
    assert {one.event for one in found.event_logs} == {"patch_dag", "paused"}
    mine = get_event_logs(call(), query=EventLogQuery(event="patch_dag")).event_logs
    assert [one.owner for one in mine] == ["ada"]
    assert json.loads(mine[0].extra or "")["source_ip"] == "10.0.0.1"
    again = get_event_log(call(), event_log_id=mine[0].event_log_id)
    assert again == mine[0]
    of_run = get_event_logs(call(), query=EventLogQuery(run_id="run", task_id="load"))
    assert [one.event for one in of_run.event_logs] == ["queued", "running", "success"]


def test_a_team_is_scheduled_for_whoever_has_lab_open(call, world):
    alone = replace(call(), actor=local_admin("rest_api"))
    assert get_status(alone).keeps_running is False
    assert get_status(call()).keeps_running is True


@pytest.mark.parametrize("how", ["symbolic link", "second name", "pipe"])
def test_a_task_cannot_have_other_files_shown_as_its_notebook(sales, call, home, how):
    run = sales.trigger("sales")
    sales.play()
    secret = home / "secret.json"
    secret.write_text(json.dumps({"cells": ["secret"]}))
    path = home / "outputs" / "sales" / run / "load" / "1.ipynb"
    path.parent.mkdir(parents=True)
    if how == "symbolic link":
        path.symlink_to(secret)
    elif how == "second name":
        path.hardlink_to(secret)
    else:
        os.mkfifo(path)
    ask = {"dag_id": "sales", "dag_run_id": run, "task_id": "load", "query": NotebookQuery()}
    assert get_executed_notebook(call(), **ask).content is None
