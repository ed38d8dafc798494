"""Simulations: what the scheduler would do, on a clock that jumps."""

import tempfile
from datetime import UTC, datetime, timedelta

import pytest

from couture_operators import DAG, BashOperator
from couture_operators.serialize import dag_to_dict
from couture_scheduler.rehearsal import simulate as module
from couture_scheduler.rehearsal.script import Script
from couture_scheduler.rehearsal.simulate import Simulation
from couture_scheduler.settings import Settings

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def dag_of(*names, chain=True, **options):
    of_task = options.pop("of_task", {})
    dag = DAG("shop", **{"schedule": "@daily", "start_date": START, **options})
    tasks = [BashOperator(task_id=n, bash_command="x", dag=dag, **of_task) for n in names]
    for above, below in zip(tasks, tasks[1:], strict=False):
        if chain:
            above >> below
    return dag


def simulated(dag, *, begin=START, days=3.0, slots=None, **script):
    settings = Settings(home=tempfile.gettempdir())
    end = begin + timedelta(days=days)
    return Simulation(
        [dag_to_dict(dag)], Script(**script), begin, end, settings, slots or {}
    ).play()


def task(run, task_id):
    return next(one for one in run["tasks"] if one["task_id"] == task_id)


def moment(text):
    return datetime.fromisoformat(text)


def test_runs_come_slot_by_slot_and_tasks_start_and_end_on_the_virtual_clock():
    found = simulated(dag_of("a", "b"), durations={"a": [90, 90]})
    assert [run["logical_date"][:10] for run in found["runs"]] == [
        "2026-01-01",
        "2026-01-02",
        "2026-01-03",
    ]
    first = found["runs"][0]
    due = START + DAY
    assert (first["state"], moment(first["run_after"])) == ("success", due)
    [a], [b] = task(first, "a")["tries"], task(first, "b")["tries"]
    assert moment(a["start"]) == due and moment(a["end"]) == due + timedelta(seconds=90)
    assert moment(b["start"]) == due + timedelta(seconds=90)
    assert moment(first["end"]) == due + timedelta(seconds=150)


@pytest.mark.parametrize(("catchup", "count"), [(True, 10), (False, 1)])
def test_catchup_makes_up_for_what_was_before_the_beginning(catchup, count):
    found = simulated(dag_of("a", catchup=catchup), begin=START + 10 * DAY, days=0.5)
    assert len(found["runs"]) == count


def test_tries_that_fail_are_retried_after_their_delay():
    dag = dag_of("a", of_task={"retries": 2, "retry_delay": timedelta(minutes=7)})
    found = simulated(dag, failures={"a": 2})
    tries = task(found["runs"][0], "a")["tries"]
    assert [one["state"] for one in tries] == ["failed", "failed", "success"]
    assert moment(tries[1]["start"]) - moment(tries[0]["end"]) == timedelta(minutes=7)


def test_a_failure_without_retries_left_fails_what_is_below_and_the_run():
    found = simulated(dag_of("a", "b"), failures={"a": 1})
    assert {run["state"] for run in found["runs"][:2]} == {"failed"}
    assert task(found["runs"][0], "b")["state"] == "upstream_failed"


def test_a_branch_follows_all_unless_a_decision_is_given():
    dag = dag_of("a", "b", "c", chain=False)
    dag.get_task("a") >> [dag.get_task("b"), dag.get_task("c")]
    states = {one["task_id"]: one["state"] for one in simulated(dag)["runs"][0]["tasks"]}
    assert states == dict.fromkeys("abc", "success")
    chosen = simulated(dag, branches={"a": ["b"]})["runs"][0]
    assert [task(chosen, name)["state"] for name in "abc"] == ["success", "success", "skipped"]


def test_a_task_that_skips_itself_skips_what_is_below():
    run = simulated(dag_of("a", "b"), skips=["a"])["runs"][0]
    assert [one["state"] for one in run["tasks"]] == ["skipped", "skipped"]


def test_runs_wait_for_max_active_runs():
    dag = dag_of("a", schedule="@hourly", max_active_runs=1)
    found = simulated(dag, days=0.5, durations={"*": [5400, 5400]})
    waits = [run["waited"] for run in found["runs"]]
    assert waits[0] == 0 and waits[1] == 1800
    starts = [moment(run["start"]) for run in found["runs"] if run["start"]]
    assert all(b - a >= timedelta(seconds=5400) for a, b in zip(starts, starts[1:], strict=False))


def test_tasks_wait_for_their_pool():
    dag = dag_of("a", "b", chain=False, of_task={"pool": "small"})
    run = simulated(dag, slots={"small": 1})["runs"][0]
    first, second = sorted(one["tries"][0]["start"] for one in run["tasks"])
    assert moment(second) - moment(first) == timedelta(seconds=60)
    together = simulated(dag)["runs"][0]["tasks"]
    assert len({one["tries"][0]["start"] for one in together}) == 1


def test_a_task_that_depends_on_its_past_waits_for_the_run_before():
    dag = dag_of("a", schedule="@hourly", of_task={"depends_on_past": True})
    found = simulated(dag, days=0.5, durations={"a": [7200, 7200]})
    starts = [moment(run["tasks"][0]["tries"][0]["start"]) for run in found["runs"][:3]]
    assert [b - a for a, b in zip(starts, starts[1:], strict=False)] == [timedelta(hours=2)] * 2


def test_slas_that_are_missed_are_told():
    dag = dag_of("a", of_task={"sla": timedelta(minutes=10)})
    assert simulated(dag)["sla_misses"] == []
    late = simulated(dag, durations={"a": [1200, 1200]})
    assert late["sla_misses"][0]["task_id"] == "a"


def test_a_task_that_takes_longer_than_its_time_limit_fails_then():
    dag = dag_of("a", of_task={"execution_timeout": timedelta(minutes=1)})
    [one] = simulated(dag, durations={"a": [600, 600]})["runs"][0]["tasks"][0]["tries"]
    assert one["state"] == "failed"
    assert moment(one["end"]) - moment(one["start"]) == timedelta(minutes=1)


def test_the_same_seed_gives_the_same_and_another_seed_something_else():
    script = {"durations": {"*": [1, 500]}, "failures": {"*": 0.4}}
    dag = dag_of("a", "b", "c", schedule="@hourly")
    assert simulated(dag, seed=1, **script) == simulated(dag, seed=1, **script)
    assert simulated(dag, seed=1, **script) != simulated(dag, seed=2, **script)


def test_what_goes_on_at_the_end_is_shown_as_it_stands_then():
    found = simulated(dag_of("a", "b"), days=1.0005)  # 43 seconds into the first run
    assert found["runs"][-1]["state"] == "running"
    assert [one["state"] for one in found["runs"][-1]["tasks"]] == ["running", "none"]


def test_too_much_ends_the_simulation_earlier_and_says_so(monkeypatch):
    monkeypatch.setattr(module, "MOST_ATTEMPTS", 20)
    found = simulated(dag_of("a", schedule="*/5 * * * *"))
    assert found["is_cut"] and moment(found["end"]) < START + 3 * DAY


def test_an_hour_that_comes_twice_and_one_that_is_left_out_are_simulated_too():
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/New_York")
    dag = dag_of("a", schedule="30 2 * * *", start_date=datetime(2026, 3, 6, tzinfo=zone))
    found = simulated(dag, begin=datetime(2026, 3, 7, tzinfo=UTC), days=3)
    walls = [
        moment(run["run_after"]).astimezone(zone).strftime("%d %H:%M") for run in found["runs"]
    ]
    assert walls == ["07 02:30", "08 03:00", "09 02:30"]
