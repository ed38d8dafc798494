"""Operators that start runs of other DAGs."""

import pytest

from couture_operators import DAG, DagOperator, EmptyOperator, registry
from couture_operators.exceptions import AirflowException, DagDefinitionError, TaskDeferred
from couture_operators.operators.subdag import SubDagOperator
from couture_operators.operators.trigger_dagrun import TriggerDagRunOperator

DATE = "2024-01-02T03:04:05.678901+00:00"


@pytest.fixture
def child_is_on(others, clock):
    others.infos["child"] = {"is_paused": False, "is_active": True, "task_ids": ["a"]}
    return others


def make(kind, **kwargs):
    registry.reset()
    with DAG("d"):
        return kind(task_id="t", **kwargs)


def pushed(runtime):
    return {found["key"]: found["json"].strip('"') for found in runtime.pushed}


def test_a_run_is_started_with_its_conf_at_the_present_moment(run, runtime, child_is_on):
    task = make(TriggerDagRunOperator, trigger_dag_id="child", conf={"day": "{{ ds }}"})
    assert run(task).state == "success"
    (started,) = child_is_on.runs
    assert started["conf"] == {"day": "2024-01-02"}
    assert started["logical_date"] == "2024-01-03T12:00:00+00:00"
    assert pushed(runtime) == {
        "trigger_dag_id": "child",
        "trigger_run_id": started["run_id"],
        "trigger_execution_date_iso": "2024-01-03T12:00:00+00:00",
    }


def test_run_id_and_logical_date_may_be_templates(run, child_is_on):
    run(
        make(
            TriggerDagRunOperator,
            trigger_dag_id="{{ 'child' }}",
            trigger_run_id="for_{{ ds }}",
            execution_date="{{ ds }}",
        )
    )
    (started,) = child_is_on.runs
    assert started["run_id"] == "for_2024-01-02"
    assert started["logical_date"] == "2024-01-02T00:00:00+00:00"


def test_the_callable_of_airflow_1_decides_and_gives_the_payload(run, child_is_on):
    def decide(context, order):
        if context["params"]["go"]:
            order.run_id, order.payload = "mine", {"message": "hi"}
            return order
        return None

    for go in (False, True):
        task = make(
            TriggerDagRunOperator,
            trigger_dag_id="child",
            python_callable=decide,
            params={"go": go},
        )
        assert run(task).state == "success"
        assert len(child_is_on.runs) == go
    assert child_is_on.runs[0]["run_id"] == "mine"
    assert child_is_on.runs[0]["conf"] == {"message": "hi"}


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({}, "failed"),
        ({"skip_when_already_exists": True}, "skipped"),
        ({"reset_dag_run": True}, "success"),
    ],
)
def test_a_run_that_is_there_already_fails_skips_or_runs_again(run, child_is_on, options, state):
    child_is_on.trigger_dag("child", "x", None, "2024-01-01T00:00:00+00:00")
    task = make(TriggerDagRunOperator, trigger_dag_id="child", trigger_run_id="x", **options)
    assert run(task).state == state


def test_a_conf_that_is_no_json_is_refused(run, child_is_on):
    task = make(TriggerDagRunOperator, trigger_dag_id="child", conf={"x": object()})
    assert "must be plain JSON" in run(task).reason


@pytest.mark.parametrize("kind", [TriggerDagRunOperator, DagOperator])
def test_awaiting_a_run_holds_no_process_and_ends_as_the_run_does(
    child_is_on, clock, context_of, kind
):
    name = "trigger_dag_id" if kind is TriggerDagRunOperator else "run_dag_id"
    task = make(kind, **{name: "child"}, wait_for_completion=True, poke_interval=30)
    with pytest.raises(TaskDeferred) as caught:
        task.execute(context_of(task))
    assert (caught.value.trigger.resume_at - clock.now).total_seconds() == 30
    kwargs = {**caught.value.kwargs, "event": None}
    with pytest.raises(TaskDeferred):
        task.resume_execution(caught.value.method_name, kwargs, context_of(task))
    assert len(child_is_on.runs) == 1
    child_is_on.runs[0]["state"] = "success"
    assert task.resume_execution(caught.value.method_name, kwargs, context_of(task)) is None
    child_is_on.runs[0]["state"] = "failed"
    with pytest.raises(AirflowException, match=r"The run manual__\S+ of DAG child is failed"):
        task.resume_execution(caught.value.method_name, kwargs, context_of(task))


def test_allowed_and_failed_states_can_be_chosen(child_is_on, clock, context_of):
    task = make(
        TriggerDagRunOperator,
        trigger_dag_id="child",
        wait_for_completion=True,
        allowed_states=["failed"],
        failed_states=[],
    )
    with pytest.raises(TaskDeferred) as caught:
        task.execute(context_of(task))
    child_is_on.runs[0]["state"] = "failed"
    kwargs = {**caught.value.kwargs, "event": None}
    assert task.resume_execution("execute_complete", kwargs, context_of(task)) is None


def test_the_manuals_condition_starts_the_child_or_not(run, child_is_on):
    def conditionally_trigger(context, dag_run_obj):
        if context["params"]["condition_param"]:
            dag_run_obj.payload = {"message": context["params"]["message"]}
            return dag_run_obj
        return None

    for wanted in (True, False):
        child_is_on.runs.clear()
        task = make(
            DagOperator,
            run_dag_id="child",
            python_callable=conditionally_trigger,
            params={"condition_param": wanted, "message": "Hii there!!"},
        )
        assert run(task).state == "success"
        assert [found["conf"] for found in child_is_on.runs] == [
            {"message": "Hii there!!"}
        ] * wanted


def test_a_child_that_is_off_or_missing_fails_the_task_with_a_sentence(run, child_is_on):
    child_is_on.infos["child"]["is_paused"] = True
    assert "DAG 'child' is off; switch it on" in run(make(DagOperator, run_dag_id="child")).reason
    assert "There is no DAG 'other'" in run(make(DagOperator, run_dag_id="other")).reason
    assert child_is_on.runs == []


def test_a_run_of_a_paused_dag_may_be_refused(run, child_is_on):
    child_is_on.infos["child"]["is_paused"] = True
    task = make(TriggerDagRunOperator, trigger_dag_id="child", fail_when_dag_is_paused=True)
    assert "The DAG child is paused" in run(task).reason
    assert run(make(TriggerDagRunOperator, trigger_dag_id="child")).state == "success"


def subdag(name="d.t", **kwargs):
    registry.reset()
    with DAG("d"):
        child = DAG(name, schedule="@daily")
        EmptyOperator(task_id="x", dag=child)
        return SubDagOperator(task_id="t", subdag=child, **kwargs)


def test_a_subdag_is_a_dag_of_its_own_without_a_schedule():
    task = subdag()
    found = {dag.dag_id: dag for dag in registry.collect({})}
    assert set(found) == {"d", "d.t"}
    assert found["d.t"].schedule.type == "none"
    assert found["d.t"].is_paused_upon_creation is False
    assert task._triggers_dag == "d.t"


def test_a_subdag_must_be_named_after_its_task():
    with pytest.raises(DagDefinitionError, match="must have the dag_id 'd.t', not 'other'"):
        subdag("other")


def test_a_subdag_runs_at_the_date_of_its_parent_and_ends_as_its_run_does(
    others, clock, context_of
):
    task = subdag(conf={"x": 1})
    with pytest.raises(TaskDeferred) as caught:
        task.execute(context_of(task))
    (started,) = others.runs
    assert (started["logical_date"], started["conf"]) == (DATE, {"x": 1})
    kwargs = {**caught.value.kwargs, "event": None}
    started["state"] = "success"
    assert task.resume_execution("execute_complete", kwargs, context_of(task)) is None
    started["state"] = "failed"
    with pytest.raises(AirflowException, match="of DAG d.t is failed"):
        task.resume_execution("execute_complete", kwargs, context_of(task))


def test_a_subdag_that_failed_runs_again_when_its_task_does(others, clock, context_of):
    task = subdag()
    for state in ("failed", "running"):
        with pytest.raises(TaskDeferred):
            task.execute(context_of(task))
        assert len(others.runs) == 1
        assert others.runs[0]["state"] in ("queued", "running")
        others.runs[0]["state"] = state


def starter(kind, **options):
    name = "trigger_dag_id" if kind is TriggerDagRunOperator else "run_dag_id"
    return make(kind, **{name: "child"}, **options)


STARTERS = [
    (TriggerDagRunOperator, {}),
    (TriggerDagRunOperator, {"reset_dag_run": True}),
    (DagOperator, {}),
]


@pytest.mark.parametrize(("kind", "options"), STARTERS)
def test_an_attempt_after_a_lost_one_awaits_the_child_that_the_lost_one_started(
    child_is_on, clock, context_of, kind, options
):
    task = starter(kind, wait_for_completion=True, **options)
    awaited = []
    for _ in range(2):
        with pytest.raises(TaskDeferred) as caught:
            task.execute(context_of(task, try_number=1))
        awaited.append(caught.value.kwargs)
        child_is_on.runs[0]["state"] = "running"
        clock.sleep(60)
    assert awaited[0] == awaited[1]
    assert [run["state"] for run in child_is_on.runs] == ["running"]


@pytest.mark.parametrize(("kind", "options"), STARTERS)
def test_each_try_and_each_mapped_instance_starts_a_child_of_its_own(
    child_is_on, clock, context_of, kind, options
):
    task = starter(kind, **options)
    for changes in ({"try_number": 1}, {"try_number": 2}, {"map_index": 0}, {"run_id": "other"}):
        task.execute(context_of(task, **changes))
    assert len({run["run_id"] for run in child_is_on.runs}) == len(child_is_on.runs) == 4
