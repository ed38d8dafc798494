"""Callbacks beside the tasks: when they are asked for, and what they are given."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from world import HOST, World

from couture_operators import DAG, BashOperator
from couture_operators.callbacks import run_callback
from couture_operators.timetables import DagRunInfo, Timetable
from couture_scheduler.db.automation import callback
from couture_scheduler.db.tables import history
from couture_scheduler.states import AttemptState, CallbackState
from couture_scheduler.store import callbacks

START = datetime(2026, 11, 20, tzinfo=UTC)


def nothing(*_: Any) -> None:
    pass


def save(world: World, dag_options: dict | None = None, **task) -> DAG:
    dag = DAG("sales", start_date=START, is_paused_upon_creation=False, **(dag_options or {}))
    BashOperator(task_id="load", bash_command="true", dag=dag, **{"retries": 0, **task})
    world.save(dag)
    return dag


def asked(world: World) -> list:
    with world.db.read() as tx:
        return tx.rows(select(callback).order_by(callback.c.created_at))


def end(world: World, state: AttemptState, **ending) -> None:
    world.trigger("sales")
    world.step()
    for row in world.claim():
        world.finish(row.token, state, **ending)


def test_a_task_that_reported_has_called_its_callbacks_itself(world: World):
    save(world, on_failure_callback=nothing)
    end(world, AttemptState.FAILED, reported=True)
    assert asked(world) == []


def test_the_callback_of_a_task_that_could_not_report_is_asked_for(world: World):
    save(world, on_failure_callback=nothing)
    end(world, AttemptState.FAILED, reason="killed by signal 9")
    (one,) = asked(world)
    assert (one.kind, one.payload["reason"]) == ("on_failure_callback", "killed by signal 9")
    assert (one.payload["try_number"], one.payload["state"]) == (1, "failed")


def test_before_another_try_it_is_the_retry_callback(world: World):
    save(world, retries=2, on_failure_callback=nothing, on_retry_callback=nothing)
    end(world, AttemptState.FAILED)
    assert [one.kind for one in asked(world)] == ["on_retry_callback"]


def test_what_is_lost_and_starts_again_calls_nobody_until_it_is_lost_for_good(world: World):
    save(world, on_failure_callback=nothing)
    world.trigger("sales")
    for _ in range(world.settings.max_lost):
        world.step()
        (row,) = world.claim()
        world.finish(row.token, AttemptState.LOST)
        assert asked(world) == []
        world.clock.advance(3600)
    world.step()
    (row,) = world.claim()
    world.finish(row.token, AttemptState.LOST, reason="The host is gone.")
    assert [one.kind for one in asked(world)] == ["on_failure_callback"]


def test_a_task_without_callbacks_asks_for_none(world: World):
    save(world)
    end(world, AttemptState.FAILED)
    world.step()
    assert asked(world) == []


@pytest.mark.parametrize(
    ("state", "kind"),
    [(AttemptState.SUCCESS, "on_success_callback"), (AttemptState.FAILED, "on_failure_callback")],
)
def test_the_end_of_a_run_asks_for_its_dags_callback_once(world: World, state, kind: str):
    save(world, {"on_success_callback": nothing, "on_failure_callback": nothing})
    end(world, state, reported=True)
    world.step()
    world.step()
    (one,) = asked(world)
    assert (one.kind, one.ti_id) == (kind, None)
    assert world.rings.count >= 2  # the attempt's and this one's


def test_two_agents_call_a_callback_once(world: World):
    save(world, on_failure_callback=nothing)
    end(world, AttemptState.FAILED)
    with world.db.write() as tx:
        assert len(callbacks.claim(tx, 5, "one", 1)) == 1
    with world.db.write() as tx:
        assert callbacks.claim(tx, 5, "other", 1) == []


def test_what_a_dead_agent_was_calling_is_lost_and_not_called_again(world: World):
    save(world, on_failure_callback=nothing)
    end(world, AttemptState.FAILED)
    with world.db.write() as tx:
        callbacks.claim(tx, 5, HOST, 1)
        for row in callbacks.list_held(tx, HOST, 2):
            callbacks.end(tx, row.id, CallbackState.LOST, "The agent ended.", "agent")
        assert callbacks.claim(tx, 5, HOST, 2) == []
    assert asked(world)[0].state == "lost"


def test_the_end_of_a_callback_is_in_the_runs_event_log_and_changes_no_state(world: World):
    save(world, on_failure_callback=nothing)
    end(world, AttemptState.FAILED)
    world.step()
    with world.db.write() as tx:
        (row,) = callbacks.claim(tx, 5, HOST, 1)
        callbacks.end(tx, row.id, CallbackState.FAILED, "ValueError: no", "agent")
        assert not callbacks.end(tx, row.id, CallbackState.SUCCESS, None, "agent")
    with world.db.read() as tx:
        (entry,) = tx.rows(select(history).where(history.c.kind == "callback"))
    assert (entry.after, entry.dag_id, entry.task_id) == ("callback_failed", "sales", "load")
    assert entry.reason == "on_failure_callback: ValueError: no"


class NoRuntime:
    def previous_run(self, state: str | None) -> None:
        return None


def info(kind: str, *, of_task: bool = True, **more: Any) -> dict[str, Any]:
    return {
        "dag_id": "sales",
        "run_id": "r",
        "task_id": "load",
        "logical_date": "2026-11-20T00:00:00+00:00",
        "run_type": "scheduled",
        "dag_run_state": "failed",
        "callback": {"kind": kind, "of_task": of_task, **more},
    }


def call(dag: DAG, kind: str, task: str | None = None, **more: Any):
    about = dag.get_task(task) if task else None
    return run_callback(dag, about, info(kind, of_task=task is not None, **more), NoRuntime())  # type: ignore[arg-type]


def test_all_callbacks_of_a_list_are_called_whatever_the_first_raises(world: World):
    seen: list[str] = []

    def bad(context: Any) -> None:
        seen.append("bad")
        raise ValueError("no")

    dag = save(world, on_failure_callback=[bad, lambda context: seen.append(context["reason"])])
    outcome = call(dag, "on_failure_callback", "load", reason="killed", state="failed")
    assert seen == ["bad", "killed"]
    assert (outcome.state, outcome.reason) == ("failed", "ValueError: no")


def test_a_failure_callback_has_exception_task_instance_and_run(world: World):
    seen: list[Any] = []
    dag = save(world, on_failure_callback=seen.append)
    call(dag, "on_failure_callback", "load", reason="killed", state="failed")
    (context,) = seen
    assert str(context["exception"]) == "killed"
    assert (context["ti"].task_id, context["ti"].state) == ("load", "failed")
    assert (context["dag_run"].run_id, context["dag_run"].state) == ("r", "failed")


def test_a_dags_callback_has_a_context_of_one_of_its_tasks(world: World):
    seen: list[Any] = []
    dag = save(world, {"on_failure_callback": seen.append})
    call(
        dag,
        "on_failure_callback",
        reason="task_failure",
        state="failed",
        task_state="failed",
    )
    (context,) = seen
    assert (context["ti"].task_id, context["ti"].state) == ("load", "failed")
    assert context["reason"] == "task_failure"
    assert "exception" not in context


def test_a_sla_miss_callback_has_airflows_five_arguments(world: World):
    seen: list[Any] = []
    dag = save(world, {"sla_miss_callback": lambda *arguments: seen.append(arguments)})
    outcome = call(
        dag,
        "sla_miss_callback",
        misses=[{"task_id": "load", "sla": 60.0, "due": "x", "at": "2026-11-20T02:00:00+00:00"}],
        blocking=[{"task_id": "load", "map_index": -1, "state": "running", "try_number": 2}],
    )
    assert outcome.state == "success"
    ((given, task_list, blocking_list, slas, blocking),) = seen
    assert given is dag
    assert task_list == blocking_list == "load on 2026-11-20T00:00:00+00:00"
    assert (slas[0].task_id, slas[0].execution_date.day) == ("load", 20)
    assert (blocking[0].task_id, blocking[0].state, blocking[0].try_number) == (
        "load",
        "running",
        2,
    )


class EveryNoon(Timetable):
    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        last = last_automated_data_interval
        start = last.end if last else restriction.earliest
        return DagRunInfo.interval(start, start.add(days=1))


def test_an_authors_timetable_is_asked_for_what_follows():
    dag = DAG("own", schedule=EveryNoon(), start_date=START)
    BashOperator(task_id="load", bash_command="true", dag=dag)
    last = ["2026-11-20T00:00:00+00:00", "2026-11-21T00:00:00+00:00"]
    found = call(dag, "slots", last=last, count=2).value
    assert [one["start"][:10] for one in found] == ["2026-11-21", "2026-11-22"]
    assert call(DAG("plain"), "slots", last=last, count=2).state == "failed"
