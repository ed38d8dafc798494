from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from couture_scheduler.rules.plan import TaskPlan
from couture_scheduler.rules.ready import Past, View, explain, first_failing
from couture_scheduler.rules.trigger_rules import Above
from couture_scheduler.states import RunState, TaskState

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def view(**changes) -> View:
    row = SimpleNamespace(state="none", due_at=None, skip_by=None, pool_slots=1, map_index=-1)
    for name in ("state", "due_at", "skip_by"):
        if name in changes:
            setattr(row, name, changes.pop(name))
    task = TaskPlan(
        "load",
        changes.pop("upstream", ()),
        changes.pop("downstream", ()),
        "all_success",
        changes.pop("depends_on_past", False),
        changes.pop("wait_for_downstream", False),
        {},
    )
    states = changes.pop("states", {})
    above = [Above(name, {states.get(name, "none"): 1}) for name in task.upstream]
    if (previous := changes.pop("previous", None)) is not None:
        past = {name: {state} for name, state in previous.items()}
        changes["past"] = Past(NOW, False, past, set(past))
    return View(task, row, above, NOW, is_asked=True, **changes)


def reason(**changes) -> str | None:
    verdict = first_failing(view(**changes))
    return verdict and verdict.reason


def test_a_task_with_nothing_in_its_way_is_ready():
    assert reason() is None


def test_it_names_what_it_waits_for():
    states = {"a": "running", "b": "none", "c": "success"}
    said = reason(upstream=("a", "b", "c"), states=states)
    assert said == "Waiting for a (running), b (not started)."


def test_it_names_the_first_three_of_many():
    states = dict.fromkeys("abcde", "queued")
    assert reason(upstream=tuple("abcde"), states=states).endswith("and 2 more.")


def test_it_names_what_failed_above():
    verdict = first_failing(view(upstream=("a",), states={"a": "failed"}))
    assert (verdict.becomes, verdict.reason) == (TaskState.UPSTREAM_FAILED, "a failed.")


def test_a_paused_dag_says_how_to_go_on():
    assert reason(is_paused=True) == "The DAG is paused. Switch it on to go on."


def test_a_queued_run_says_that_others_are_active():
    assert "other runs" in reason(run_state=RunState.QUEUED)


def test_a_retry_names_its_time_and_when_to_look_again():
    due = NOW + timedelta(minutes=3)
    verdict = first_failing(view(state="up_for_retry", due_at=due))
    assert verdict.due_at == due
    assert "12:03:00 UTC" in verdict.reason


def test_a_branch_that_left_it_out_skips_it():
    assert first_failing(view(skip_by="branch")).becomes is TaskState.SKIPPED


def test_depends_on_past_looks_at_the_run_before():
    assert reason(depends_on_past=True, previous=None) is None
    assert reason(depends_on_past=True, previous={"load": "success"}) is None
    said = reason(depends_on_past=True, previous={"load": "failed"})
    assert said == "It did not succeed in the previous run (failed)."


def test_wait_for_downstream_looks_below_in_the_run_before():
    past = {"load": "success", "report": "running"}
    options = {"depends_on_past": True, "wait_for_downstream": True, "downstream": ("report",)}
    assert reason(**options, previous=past).startswith("report, below it,")
    assert reason(**options, previous={**past, "report": "skipped"}) is None


def test_limits_say_how_much_is_taken():
    verdicts = explain(view(limits={"pool:spark": (4, 4), "dag:": (3, 16)}))
    assert [verdict.passed for verdict in verdicts[-2:]] == [False, True]
    assert verdicts[-2].reason == "Waiting for a slot in pool spark: 4 of 4 are in use."
