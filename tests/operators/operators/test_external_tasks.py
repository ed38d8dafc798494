"""The sensor that waits for other DAGs."""

import datetime as dt

import pytest

from couture_operators import DAG
from couture_operators.exceptions import AirflowNotFoundException, DagDefinitionError
from couture_operators.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor

DATE = "2024-01-02T03:04:05.678901+00:00"


def make(**kwargs):
    with DAG("d"):
        return ExternalTaskSensor(
            task_id="t", external_dag_id="other", timeout=1, mode="reschedule", **kwargs
        )


def there(others, *rows, date=DATE):
    others.tasks = [
        {
            "dag_id": "other",
            "task_id": task_id,
            "map_index": -1,
            "logical_date": date,
            "state": state,
        }
        for task_id, state in rows
    ]


def state_of(run, **kwargs):
    return run(make(**kwargs)).state


WAITS = "up_for_reschedule"


@pytest.mark.parametrize(
    ("state", "options", "outcome"),
    [
        ("success", {}, "success"),
        ("running", {}, WAITS),
        ("failed", {}, WAITS),
        ("failed", {"failed_states": ["failed"]}, "failed"),
        ("failed", {"failed_states": ["failed"], "soft_fail": True}, "skipped"),
        ("skipped", {"skipped_states": ["skipped"]}, "skipped"),
        ("failed", {"allowed_states": ["failed"]}, "success"),
    ],
)
def test_the_state_of_a_task_decides(run, others, clock, state, options, outcome):
    there(others, ("a", state))
    assert state_of(run, external_task_id="a", **options) == outcome


def test_several_tasks_must_all_be_there(run, others, clock):
    there(others, ("a", "success"))
    assert state_of(run, external_task_ids=["a", "b"]) == WAITS
    there(others, ("a", "success"), ("b", "success"))
    assert state_of(run, external_task_ids=["a", "b"]) == "success"
    assert "names a task twice" in run(make(external_task_ids=["a", "a"])).reason


def test_a_task_group_is_over_when_all_of_it_is(run, others, clock):
    there(others, ("g.a", "success"), ("g.b", "running"), ("h", "running"))
    assert state_of(run, external_task_group_id="g") == WAITS
    there(others, ("g.a", "success"), ("g.b", "success"), ("h", "running"))
    assert state_of(run, external_task_group_id="g") == "success"
    there(others)
    assert state_of(run, external_task_group_id="g") == WAITS


def test_without_a_task_the_dags_run_is_awaited(run, others, clock):
    assert state_of(run) == WAITS
    others.runs = [{"dag_id": "other", "run_id": "r", "logical_date": DATE, "state": "running"}]
    assert state_of(run) == WAITS
    others.runs[0]["state"] = "success"
    assert state_of(run) == "success"
    others.runs[0]["state"] = "failed"
    assert state_of(run, failed_states=["failed"]) == "failed"


def test_the_date_may_lie_before_the_runs_own(run, others, clock):
    there(others, ("a", "success"), date="2024-01-01T03:04:05.678901+00:00")
    assert state_of(run, external_task_id="a") == WAITS
    assert state_of(run, external_task_id="a", execution_delta=dt.timedelta(days=1)) == "success"


def test_a_function_gives_the_dates(run, others, clock):
    def both(moment, ds_nodash):
        assert ds_nodash == "20240102"
        return [moment, moment - dt.timedelta(days=1)]

    there(others, ("a", "success"))
    assert state_of(run, external_task_id="a", execution_date_fn=lambda moment: moment) == "success"
    assert state_of(run, external_task_id="a", execution_date_fn=both) == WAITS
    others.tasks.append({**others.tasks[0], "logical_date": "2024-01-01T03:04:05.678901+00:00"})
    assert state_of(run, external_task_id="a", execution_date_fn=both) == "success"


def test_a_second_argument_of_the_function_is_the_context(run, others, clock):
    there(others, ("a", "success"))
    given = []

    def dated(moment, ctx):
        given.append(ctx["ds"])
        return moment

    assert state_of(run, external_task_id="a", execution_date_fn=dated) == "success"
    assert given == ["2024-01-02"]


def test_a_dag_that_does_not_exist_yet_is_awaited(run, runtime, others, clock):
    def nowhere(dag_id, **_):
        raise AirflowNotFoundException(f"There is no DAG {dag_id!r}.")

    runtime.dag_runs = runtime.task_states = nowhere
    assert state_of(run) == WAITS
    assert state_of(run, external_task_id="a") == WAITS


def test_what_does_not_exist_fails_at_once_if_asked_for(run, others, clock):
    def reason(**kwargs):
        return run(make(check_existence=True, **kwargs)).reason

    assert "DAG other does not exist" in reason(external_task_id="a")
    others.infos["other"] = {"task_ids": ["a", "g.b"], "task_group_ids": ["g"]}
    assert "task c in DAG other does not exist" in reason(external_task_id="c")
    assert "task group h in DAG other does not exist" in reason(external_task_group_id="h")
    assert state_of(run, check_existence=True, external_task_group_id="g") == WAITS


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"external_task_id": "a", "external_task_ids": ["b"]}, "not both"),
        ({"external_task_id": "a", "external_task_group_id": "b"}, "not both"),
        ({"execution_delta": dt.timedelta(1), "execution_date_fn": print}, "not both"),
        ({"allowed_states": ["skipped"]}, "'skipped' is no state here"),
        ({"external_task_id": "a", "allowed_states": ["done"]}, "'done' is no state here"),
        ({"failed_states": ["success"]}, "only one of"),
    ],
)
def test_contradictions_are_refused_at_definition(options, sentence):
    with pytest.raises(DagDefinitionError, match=sentence):
        make(**options)


def test_a_marker_names_what_waits_for_it_and_does_nothing(run, runtime):
    with DAG("d"):
        task = ExternalTaskMarker(task_id="t", external_dag_id="other", external_task_id="a")
    assert run(task).state == "success"
    assert runtime.rendered["execution_date"] == DATE
