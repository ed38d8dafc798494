"""What people do to runs and tasks: clear, mark, queue again; live ones are stopped first."""

from datetime import UTC, datetime, timedelta

import pytest

from couture_operators import DAG, BashOperator
from couture_scheduler.db.tables import attempt
from couture_scheduler.errors import Conflict, NotFound
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.dag_runs import DAGRunClearBody, DAGRunPatchBody
from couture_scheduler.schemas.task_instances import (
    ClearTaskInstancesBody,
    PatchTaskInstanceBody,
    PatchTaskInstanceQuery,
)
from couture_scheduler.services.dag_runs import clear_dag_run, patch_dag_run
from couture_scheduler.services.task_instances import (
    patch_task_instance,
    post_clear_task_instances,
)
from couture_scheduler.states import AttemptState
from couture_scheduler.store import dags, limits, runs, xcoms

START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def clear(call):
    def clear(run: str, *tasks: str, **options):
        body = ClearTaskInstancesBody(
            dag_run_id=run,
            task_ids=list(tasks) or None,
            **{"dry_run": False, "only_failed": False, **options},
        )
        found = post_clear_task_instances(call(), dag_id="sales", body=body)
        return [one.task_id for one in found.task_instances]

    return clear


@pytest.fixture
def mark(call):
    def mark(run: str, task: str, state: str, **options):
        return patch_task_instance(
            call(),
            dag_id="sales",
            dag_run_id=run,
            task_id=task,
            body=PatchTaskInstanceBody(new_state=state, **options),
            query=PatchTaskInstanceQuery(),
        )

    return mark


@pytest.fixture
def mark_run(call):
    def mark_run(run: str, state: str):
        body = DAGRunPatchBody(state=state)
        return patch_dag_run(
            call(), dag_id="sales", dag_run_id=run, body=body, query=UpdateMask()
        ).state

    return mark_run


def load_fails(row):
    return AttemptState.FAILED if row.task_id == "load" else AttemptState.SUCCESS


def failed_run(sales) -> str:
    run = sales.trigger("sales")
    sales.play(load_fails)
    return run


def wishes(sales) -> list:
    with sales.db.read() as tx:
        rows = tx.rows(attempt.select().where(attempt.c.live_ti_id.is_not(None)))
    return [row.wish for row in rows]


def test_cleared_tasks_and_what_is_below_run_again(sales, clear):
    run = failed_run(sales)
    assert clear(run, "load", include_downstream=True) == ["load", "report"]
    assert sales.run_state("sales", run) == "queued"
    sales.play()
    assert set(sales.states("sales", run).values()) == {"success"}
    assert sales.run_state("sales", run) == "success"
    assert sales.ti("sales", run, "load").try_number == 2


def test_a_cleared_task_has_all_its_retries_again(sales, clear):
    run = failed_run(sales)
    clear(run, "load")
    assert sales.ti("sales", run, "load").max_tries == 1


def test_only_failed_leaves_the_others(sales, clear):
    run = failed_run(sales)
    assert clear(run, only_failed=True) == ["load", "report"]
    assert sales.states("sales", run)["extract"] == "success"


def test_clearing_upstream_takes_what_is_above(sales, clear):
    run = failed_run(sales)
    assert clear(run, "load", include_upstream=True) == ["extract", "load"]


def test_a_dry_run_changes_nothing(sales, clear):
    run = failed_run(sales)
    before = sales.states("sales", run)
    assert clear(run, "load", dry_run=True) == ["load"]
    assert sales.states("sales", run) == before


def test_clearing_a_running_task_stops_it_first(sales, clear):
    run = sales.trigger("sales")
    sales.step()
    [row] = sales.claim()
    clear(run, "extract")
    assert sales.states("sales", run)["extract"] == "restarting"
    assert wishes(sales) == ["restart"]
    sales.finish(row.token, AttemptState.STOPPED)
    sales.play()
    assert sales.run_state("sales", run) == "success"
    assert sales.ti("sales", run, "extract").attempt_number == 2


def test_clearing_twice_while_it_stops_is_harmless(sales, clear):
    run = sales.trigger("sales")
    sales.step()
    [row] = sales.claim()
    clear(run, "extract")
    clear(run, "extract")
    sales.finish(row.token, AttemptState.STOPPED)
    sales.play()
    assert sales.run_state("sales", run) == "success"


def test_clearing_can_refuse_running_tasks(sales, clear):
    run = sales.trigger("sales")
    sales.step()
    sales.claim()
    with pytest.raises(Conflict, match="extract is running"):
        clear(run, prevent_running_task=True)


def test_clearing_removes_what_the_task_left(sales, clear):
    run = failed_run(sales)
    with sales.db.write() as tx:
        pk = runs.get_run(tx, "sales", run).id
        row = {"run_pk": pk, "dag_id": "sales", "task_id": "extract", "map_index": -1, "key": "k"}
        xcoms.put(tx, [{**row, "value": "1", "pickle": None, "text": None, "account": None}])
    clear(run, "extract")
    with sales.db.read() as tx:
        found = xcoms.pull(
            tx, runs.get_run(tx, "sales", run), task_ids=None, dag_id="sales", key=None,
            run_id=None, include_prior_dates=False,
        )  # fmt: skip
    assert found == []


def test_clearing_needs_a_task_that_exists(sales, clear):
    run = failed_run(sales)
    with pytest.raises(NotFound, match="no task nowhere"):
        clear(run, "nowhere")


def test_clearing_a_run_runs_all_of_it_again(sales, call):
    run = failed_run(sales)
    body = DAGRunClearBody(dry_run=False)
    assert clear_dag_run(call(), dag_id="sales", dag_run_id=run, body=body).state == "queued"
    sales.play()
    assert {sales.ti("sales", run, name).try_number for name in ("extract", "load")} == {2}


def test_a_failed_task_marked_success_lets_the_run_go_on(sales, mark):
    run = failed_run(sales)
    [task] = mark(run, "load", "success").task_instances
    assert task.state == "success"
    assert sales.states("sales", run)["report"] == "none"
    sales.play()
    assert sales.states("sales", run)["report"] == "success"
    assert sales.run_state("sales", run) == "success"


def test_a_success_marked_failed_fails_the_run(sales, mark):
    run = sales.trigger("sales")
    sales.play()
    mark(run, "report", "failed")
    sales.play()
    assert sales.run_state("sales", run) == "failed"


@pytest.mark.parametrize("state", ["success", "failed", "skipped"])
def test_marking_a_running_task_stops_it_first(sales, mark, state):
    run = sales.trigger("sales")
    sales.step()
    [row] = sales.claim()
    mark(run, "extract", state)
    assert sales.states("sales", run)["extract"] == "running"
    assert wishes(sales) == [state]
    sales.finish(row.token, AttemptState.STOPPED)
    assert sales.states("sales", run)["extract"] == state
    sales.play()
    assert sales.run_state("sales", run) in ("success", "failed")


def test_marking_a_waiting_task_takes_it_out_of_the_run(sales, mark):
    run = sales.trigger("sales")
    mark(run, "extract", "success")
    sales.play()
    assert sales.ti("sales", run, "extract").attempt_number == 0
    assert sales.run_state("sales", run) == "success"


def test_a_run_marked_failed_stops_and_skips_what_is_left(sales, mark_run):
    run = sales.trigger("sales")
    sales.step()
    [row] = sales.claim()
    assert mark_run(run, "failed") == "failed"
    assert wishes(sales) == ["failed"]
    sales.finish(row.token, AttemptState.STOPPED)
    sales.play()
    expected = {"extract": "failed", "load": "skipped", "report": "skipped"}
    assert sales.states("sales", run) == expected
    assert sales.run_state("sales", run) == "failed"


def test_a_run_marked_success_is_all_success(sales, mark_run):
    run = failed_run(sales)
    assert mark_run(run, "success") == "success"
    assert set(sales.states("sales", run).values()) == {"success"}


def test_marking_leaves_no_slot_and_no_active_run_behind(sales, mark_run, clear):
    run = sales.trigger("sales")
    sales.step()
    [row] = sales.claim()
    mark_run(run, "failed")
    mark_run(run, "success")
    sales.finish(row.token, AttemptState.STOPPED)
    clear(run)
    sales.play()
    with sales.db.read() as tx:
        dag = dags.get_dag(tx, "sales")
        assert (dag.active_runs, dag.occupied) == (0, 0)
        assert limits.lock_pools(tx)["default_pool"].occupied == 0


def test_an_ended_run_can_be_queued_again_and_an_open_one_cannot(sales, mark_run):
    run = failed_run(sales)
    assert mark_run(run, "queued") == "queued"
    with pytest.raises(Conflict, match="only an ended run"):
        mark_run(run, "queued")
    sales.play()
    assert sales.run_state("sales", run) == "failed"


def test_what_changed_meanwhile_is_tried_again(sales, call, monkeypatch):
    """A stale row makes the whole service run again, with one audit row."""
    from couture_scheduler.errors import StaleState
    from couture_scheduler.services import dag_runs

    run = failed_run(sales)
    tries = []

    def flaky(tx, call, row):
        tries.append(row)
        if len(tries) < 3:
            raise StaleState("moved on")

    monkeypatch.setattr(dag_runs, "requeue", flaky)
    body = DAGRunPatchBody(state="queued")
    patch_dag_run(call(), dag_id="sales", dag_run_id=run, body=body, query=UpdateMask())
    assert len(tries) == 3
    with sales.db.read() as tx:
        from couture_scheduler.db.tables import audit

        assert len(tx.rows(audit.select())) == 1


def test_a_mark_after_a_clear_is_the_last_word(sales, clear, mark):
    run = sales.trigger("sales")
    sales.step()
    [row] = sales.claim()
    clear(run, "extract")
    mark(run, "extract", "success")
    sales.finish(row.token, AttemptState.STOPPED)
    assert sales.states("sales", run)["extract"] == "success"


def test_a_run_marked_failed_while_a_task_restarts_keeps_no_unstarted_task(sales, clear, mark_run):
    run = sales.trigger("sales")
    sales.step()
    [row] = sales.claim()
    clear(run, "extract")
    mark_run(run, "failed")
    sales.finish(row.token, AttemptState.STOPPED)
    sales.play()
    assert sales.states("sales", run)["extract"] == "failed"


def test_clearing_forgets_what_a_branch_chose_while_the_dag_was_off(sales, clear):
    run = sales.trigger("sales")
    sales.step()
    [row] = sales.claim()
    with sales.db.write() as tx:
        dags.set_paused(tx, "sales", True)
    sales.finish(row.token, skip=("load",))
    clear(run, "extract", include_downstream=True)
    with sales.db.write() as tx:
        dags.set_paused(tx, "sales", False)
        runs.wake_open(tx, "sales")
    sales.play()
    assert set(sales.states("sales", run).values()) == {"success"}


def test_marking_the_past_lets_the_next_run_go_on_though_it_holds_the_only_place(sales, mark):
    dag = DAG("sales", start_date=START, is_paused_upon_creation=False, max_active_runs=1)
    BashOperator(task_id="d", bash_command="true", dag=dag, depends_on_past=True)
    sales.save(dag, touched="2")
    first = sales.trigger("sales", at=START)
    sales.play(lambda _: AttemptState.FAILED)
    second = sales.trigger("sales", at=START + timedelta(days=1))
    sales.play()
    assert sales.states("sales", second)["d"] == "none"
    mark(first, "d", "success")
    sales.play()
    assert sales.run_state("sales", second) == "success"
    assert sales.run_state("sales", first) == "success"
