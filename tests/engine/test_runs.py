"""What happens to a run from its creation to its end, on a virtual clock."""

from datetime import UTC, datetime, timedelta

import pytest
from people import People
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.states import AttemptState
from couture_scheduler.store import dags, limits, runs

START = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def people(world: World, home):
    people = People(world, home)
    yield people
    people.close()


def make_dag(dag_id: str = "sales", schedule=None, **options) -> DAG:
    options.setdefault("is_paused_upon_creation", False)
    return DAG(dag_id, schedule=schedule, start_date=START, **options)


def task(dag: DAG, task_id: str, **options) -> BashOperator:
    return BashOperator(task_id=task_id, bash_command="true", dag=dag, **options)


def failing(*names: str):
    return lambda row: AttemptState.FAILED if row.task_id in names else AttemptState.SUCCESS


def test_a_chain_runs_in_order_to_success(world: World):
    dag = make_dag()
    task(dag, "a") >> task(dag, "b") >> task(dag, "c")
    world.save(dag)
    run = world.trigger("sales")
    order = []
    world.play(lambda row: order.append(row.task_id) or AttemptState.SUCCESS)
    assert order == ["a", "b", "c"]
    assert world.run_state("sales", run) == "success"


def test_a_failure_dooms_what_is_below_and_fails_the_run(world: World):
    dag = make_dag()
    task(dag, "a") >> task(dag, "b") >> task(dag, "c")
    world.save(dag)
    run = world.trigger("sales")
    world.play(failing("a"))
    expected = {"a": "failed", "b": "upstream_failed", "c": "upstream_failed"}
    assert world.states("sales", run) == expected
    assert world.run_state("sales", run) == "failed"


def test_a_leaf_that_runs_after_all_done_saves_the_run(world: World):
    dag = make_dag()
    task(dag, "a") >> task(dag, "clean_up", trigger_rule="all_done")
    world.save(dag)
    run = world.trigger("sales")
    world.play(failing("a"))
    assert world.run_state("sales", run) == "success"


def test_a_retry_waits_for_its_delay(world: World):
    dag = make_dag()
    task(dag, "a", retries=1, retry_delay=timedelta(minutes=5))
    world.save(dag)
    run = world.trigger("sales")
    world.play(failing("a"))
    assert world.states("sales", run) == {"a": "up_for_retry"}
    world.clock.advance(299)
    world.play()
    assert world.states("sales", run) == {"a": "up_for_retry"}
    world.clock.advance(2)
    world.play()
    assert world.states("sales", run) == {"a": "success"}
    assert world.ti("sales", run, "a").try_number == 2


def test_tries_run_out(world: World):
    dag = make_dag()
    task(dag, "a", retries=2, retry_delay=timedelta(0))
    world.save(dag)
    run = world.trigger("sales")
    world.play(failing("a"))
    assert world.states("sales", run) == {"a": "failed"}
    assert world.ti("sales", run, "a").try_number == 3


def test_a_lost_attempt_starts_again_without_costing_a_try(world: World):
    dag = make_dag()
    task(dag, "a")
    world.save(dag)
    run = world.trigger("sales")
    world.step()
    world.claim()
    world.new_agent()
    world.play()
    ti = world.ti("sales", run, "a")
    assert (ti.state, ti.try_number, ti.attempt_number) == ("success", 1, 2)


def test_a_lost_attempt_starts_again_at_once_then_after_ten_then_after_forty_seconds(world: World):
    dag = make_dag()
    task(dag, "a")
    world.save(dag)
    run = world.trigger("sales")
    world.step()
    for pause in (0, 10, 40):
        [row] = world.claim()
        world.finish(row.token, AttemptState.LOST)
        if pause:
            world.clock.advance(pause - 0.001)
            world.step()
            assert world.claim() == []
            due = world.clock.now() + timedelta(milliseconds=1)
            assert world.scheduler.next_due() == world.ti("sales", run, "a").due_at == due
            world.clock.advance(0.001)
        world.step()
    [row] = world.claim()
    assert (row.try_number, row.lost_count, row.due_at) == (1, 3, None)
    world.finish(row.token)
    assert world.ti("sales", run, "a").state == "success"


def test_a_lost_attempt_that_a_person_clears_starts_at_once(world: World, people: People):
    dag = make_dag()
    task(dag, "a")
    world.save(dag)
    run = world.trigger("sales")
    for _ in range(2):
        world.step()
        [row] = world.claim()
        world.finish(row.token, AttemptState.LOST)
    world.step()
    assert world.claim() == []
    people.clear(people.runs()[0], "a")
    world.step()
    assert len(world.claim()) == 1
    assert world.ti("sales", run, "a").lost_count == 0


def test_a_task_that_is_lost_too_often_fails(world: World):
    dag = make_dag()
    task(dag, "a")
    world.save(dag)
    run = world.trigger("sales")
    world.play(lambda _: AttemptState.LOST)
    assert world.states("sales", run) == {"a": "failed"}
    assert world.ti("sales", run, "a").attempt_number == 1 + world.settings.max_lost


def test_a_task_may_refuse_to_start_again_when_lost(world: World):
    dag = make_dag()
    task(dag, "a", retry_if_lost=False)
    world.save(dag)
    run = world.trigger("sales")
    world.play(lambda _: AttemptState.LOST)
    assert world.states("sales", run) == {"a": "failed"}


def test_a_late_answer_changes_nothing_and_is_recorded(world: World):
    dag = make_dag()
    task(dag, "a")
    world.save(dag)
    run = world.trigger("sales")
    world.step()
    [row] = world.claim()
    world.new_agent()
    world.play()
    world.finish(row.token, AttemptState.FAILED, reason="too late")
    assert world.states("sales", run) == {"a": "success"}
    with world.db.read() as tx:
        late = tx.rows(_history("attempt", row.token))
    assert [entry.after for entry in late] == ["late"]


def _history(kind: str, entity: str):
    from sqlalchemy import select

    from couture_scheduler.db.tables import history

    return select(history).where(history.c.kind == kind, history.c.entity_id == entity)


def test_max_active_tasks_holds_the_rest_back(world: World):
    dag = make_dag(max_active_tasks=2)
    for name in "abcd":
        task(dag, name)
    world.save(dag)
    run = world.trigger("sales")
    world.step()
    assert len(world.claim()) == 2
    assert sorted(world.states("sales", run).values()) == [
        "running",
        "running",
        "scheduled",
        "scheduled",
    ]
    world.play()
    assert world.run_state("sales", run) == "success"


def test_a_pool_is_never_overfilled_and_is_empty_at_the_end(world: World):
    dag = make_dag()
    for name in "abcde":
        task(dag, name, pool_slots=50)
    world.save(dag)
    run = world.trigger("sales")
    world.step()
    assert len(world.claim()) == 2  # 128 slots
    world.play()
    assert world.run_state("sales", run) == "success"
    with world.db.read() as tx:
        assert limits.lock_pools(tx)["default_pool"].occupied == 0
        assert dags.get_dag(tx, "sales").occupied == 0


def test_the_most_important_task_goes_first(world: World):
    dag = make_dag(max_active_tasks=1)
    task(dag, "low", priority_weight=1)
    task(dag, "high", priority_weight=9)
    world.save(dag)
    world.trigger("sales")
    world.step()
    assert [row.task_id for row in world.claim()] == ["high"]


def test_a_waiting_task_of_another_run_gets_the_slot_that_falls_free(world: World):
    dag = make_dag(max_active_tasks=1)
    task(dag, "a")
    world.save(dag)
    first, second = world.trigger("sales"), world.trigger("sales")
    world.play()
    assert world.run_state("sales", first) == world.run_state("sales", second) == "success"


def test_max_active_runs_makes_runs_wait_their_turn(world: World):
    dag = make_dag(max_active_runs=1)
    task(dag, "a")
    world.save(dag)
    first, second = world.trigger("sales"), world.trigger("sales")
    world.step()
    assert [world.run_state("sales", run) for run in (first, second)] == ["running", "queued"]
    world.play()
    assert [world.run_state("sales", run) for run in (first, second)] == ["success", "success"]


def test_a_run_is_not_forgotten_when_the_clock_is_set_back_before_its_turn(world: World):
    dag = make_dag(max_active_runs=1)
    task(dag, "a")
    world.save(dag)
    world.trigger("sales", "first")
    world.claim()
    world.step()
    world.clock.advance(1)
    world.trigger("sales", "second")
    world.step()
    world.clock.advance(-5)
    world.play()
    assert world.run_state("sales", "first") == "success"
    world.clock.advance(6)
    world.play()
    assert world.run_state("sales", "second") == "success"


def test_a_paused_dag_starts_nothing(world: World):
    dag = make_dag(is_paused_upon_creation=True)
    task(dag, "a")
    world.save(dag)
    run = world.trigger("sales")
    world.step()
    assert world.run_state("sales", run) == "queued"
    with world.db.write() as tx:
        dags.set_paused(tx, "sales", False)
        runs.wake_open(tx, "sales")
    world.play()
    assert world.run_state("sales", run) == "success"


def test_depends_on_past_waits_for_the_run_before(world: World):
    dag = make_dag(max_active_runs=2)
    task(dag, "a", depends_on_past=True)
    world.save(dag)
    world.trigger("sales", "first", at=START)
    world.trigger("sales", "second", at=START + timedelta(days=1))
    world.step()
    rows = world.claim()
    assert [row.run_id for row in rows] == ["first"]
    world.finish(rows[0].token)
    world.play()
    assert world.run_state("sales", "second") == "success"


def test_without_catchup_only_the_latest_missed_interval_runs(world: World):
    dag = make_dag(schedule="@daily", catchup=False)
    task(dag, "a")
    world.save(dag)
    world.play()
    assert _scheduled(world) == ["scheduled__2026-11-22T00:00:00+00:00"]
    world.clock.advance(3 * 86_400)
    world.play()
    assert _scheduled(world)[1:] == ["scheduled__2026-11-25T00:00:00+00:00"]


def test_with_catchup_every_interval_runs_once(world: World):
    dag = make_dag(schedule="@daily", catchup=True, max_active_runs=1)
    task(dag, "a")
    world.save(dag)
    world.play()
    assert _scheduled(world) == [
        f"scheduled__2026-11-{day}T00:00:00+00:00" for day in ("20", "21", "22")
    ]


def test_a_cron_dag_without_start_date_runs_at_the_next_fire_time(world: World):
    dag = DAG("sales", schedule="0 13 * * *", is_paused_upon_creation=False)
    task(dag, "a")
    world.save(dag)
    world.play()
    assert _scheduled(world) == []
    world.clock.advance(3601)
    world.play()
    assert len(_scheduled(world)) == 1


def test_once_runs_once(world: World):
    dag = make_dag(schedule="@once")
    task(dag, "a")
    world.save(dag)
    world.play()
    world.save(dag, touched="2")
    world.clock.advance(86_400)
    world.play()
    assert len(_scheduled(world)) == 1


def _scheduled(world: World) -> list[str]:
    from sqlalchemy import select

    from couture_scheduler.db.tables import dag_run

    with world.db.read() as tx:
        query = select(dag_run.c.run_id).where(dag_run.c.run_type == "scheduled")
        return [row.run_id for row in tx.rows(query.order_by(dag_run.c.logical_date))]


def test_a_running_run_follows_a_new_version_of_its_dag(world: World):
    dag = make_dag()
    task(dag, "a") >> task(dag, "gone")
    world.save(dag)
    run = world.trigger("sales")
    world.step()
    [row] = world.claim()
    newer = make_dag()
    task(newer, "a") >> task(newer, "new")
    world.save(newer, touched="2")
    world.finish(row.token)
    world.play()
    assert world.states("sales", run) == {"a": "success", "gone": "removed", "new": "success"}
    assert world.run_state("sales", run) == "success"


def test_a_branch_skips_what_it_left_out(world: World):
    dag = make_dag()
    branch, left, right = task(dag, "branch"), task(dag, "left"), task(dag, "right")
    branch >> [left, right] >> task(dag, "join", trigger_rule="none_failed_min_one_success")
    world.save(dag)
    run = world.trigger("sales")
    world.step()
    [row] = world.claim()
    world.finish(row.token, skip=("right",))
    world.play()
    assert world.states("sales", run) == {
        "branch": "success",
        "left": "success",
        "right": "skipped",
        "join": "success",
    }


@pytest.mark.parametrize(("ending", "state"), [("skipped", "skipped"), ("stopped", "failed")])
def test_a_task_ends_as_its_attempt_did_or_as_a_person_wished(world: World, ending, state):
    from couture_scheduler.store import attempts

    dag = make_dag()
    task(dag, "a")
    world.save(dag)
    run = world.trigger("sales")
    world.step()
    [row] = world.claim()
    if ending == "stopped":
        with world.db.write() as tx:
            assert attempts.wish(tx, row.id, "failed")
    world.finish(row.token, AttemptState(ending))
    assert world.states("sales", run) == {"a": state}
