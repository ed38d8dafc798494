"""What Airflow's objects in a task's context can be asked, here with an engine behind them."""

import datetime as dt

import pytest

from couture_operators import DAG, BaseOperator, EmptyOperator, PythonOperator
from couture_operators.exceptions import AirflowException
from couture_operators.taskinstance import DagRun, TaskInstance

DAY = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)


def run_of(function, *, before=(), **options):
    """Run a DAG with one task of the function, after some that all have ended."""
    found = {}

    def call(**context):
        found["value"] = function(context)

    with DAG("d", start_date=dt.datetime(2024, 1, 1), schedule="@daily", catchup=False) as dag:
        task = PythonOperator(task_id="t", python_callable=call, trigger_rule="all_done", **options)
        for earlier in before:
            earlier() >> task
    run = dag.test(DAY)
    assert run.get_task_instance("t").state == "success"
    return found["value"]


def failing():
    return PythonOperator(task_id="bad", python_callable=lambda: 1 / 0)


def empty():
    return EmptyOperator(task_id="good")


def test_the_final_task_of_a_dag_sees_how_the_others_ended():
    def states(context):
        run = context["dag_run"]
        assert run.get_task_instance("bad").current_state() == "failed"
        assert run.get_task_instance("nobody") is None
        assert [ti.task_id for ti in run.get_task_instances(state="failed")] == ["bad"]
        assert [ti.task_id for ti in run.get_task_instances(state=["success"])] == ["good"]
        return {ti.task_id: ti.current_state() for ti in run.get_task_instances()}

    found = run_of(states, before=(failing, empty))
    assert found == {"bad": "failed", "good": "success", "t": "running"}


def test_another_task_instance_of_the_run_has_its_dates_and_its_task():
    def look(context):
        ti = context["dag_run"].get_task_instance("good")
        assert ti.start_date <= ti.end_date
        assert ti.duration == (ti.end_date - ti.start_date).total_seconds()
        assert ti.task is context["dag"].get_task("good")
        assert ti.get_template_context()["ds"] == context["ds"]
        assert TaskInstance(ti.task, context["execution_date"]).current_state() == "success"
        assert TaskInstance(ti.task, run_id=context["run_id"]).state == "success"
        with pytest.raises(AirflowException, match="has no run nothing"):
            TaskInstance(ti.task, run_id="nothing")
        return ti.operator, ti.try_number, ti.pool, ti.priority_weight

    assert run_of(look, before=(empty,)) == ("EmptyOperator", 1, "default_pool", 2)


def test_the_running_task_instance_has_airflows_attributes():
    def look(context):
        ti = context["ti"]
        assert (ti.end_date, ti.duration, ti.job_id, ti.log_url) == (None, None, None, "")
        assert ti.current_state() == "running"
        assert ti.key == ("d", "t", ti.run_id, 1, -1)
        assert ti.key.primary == ("d", "t", ti.run_id, -1)
        assert ti.queued_dttm <= dt.datetime.now(dt.UTC)
        assert ti.next_retry_datetime() > dt.datetime.now(dt.UTC)
        assert ti.get_template_context()["ts"] == context["ts"]
        assert ti.xcom_pull("nobody", session=None) is None
        assert (ti.get_previous_dagrun(), ti.previous_ti, ti.previous_start_date_success) == (
            None,
            None,
            None,
        )
        return ti.priority_weight, ti.pool_slots, ti.executor_config, ti.prev_attempted_tries

    assert run_of(look, priority_weight=7, executor_config={"a": 1}) == (7, 1, {"a": 1}, 1)


def test_a_run_has_airflows_attributes_and_can_be_found():
    def look(context):
        run = context["dag_run"]
        assert run.get_dag() is run.dag is context["dag"]
        assert (run.get_state(), run.end_date, run.is_backfill) == ("running", None, False)
        assert isinstance(run.id, int)
        assert run.queued_at <= dt.datetime.now(dt.UTC)
        assert run.get_previous_dagrun() is None
        [same] = DagRun.find(dag_id="d", state="running", execution_date=context["logical_date"])
        assert same.run_id == run.run_id
        assert DagRun.find(dag_id=["d"], state="failed", external_trigger=False) == []
        with pytest.raises(AirflowException, match="needs the dag_id"):
            DagRun.find(state="failed")
        return [ti.task_id for ti in same.get_task_instances()]

    assert run_of(look) == ["t"]


def test_a_dag_can_be_asked_for_its_runs():
    def look(context):
        dag = context["dag"]
        assert dag.get_dagrun(run_id=context["run_id"]).state == "running"
        assert dag.get_dagrun(execution_date=context["logical_date"]).run_id == context["run_id"]
        assert dag.get_last_dagrun() is None  # this one was started by hand
        assert dag.get_last_dagrun(include_externally_triggered=True).run_id == context["run_id"]
        assert (dag.is_paused, dag.get_is_paused()) == (False, False)
        return dag.get_active_runs()

    assert run_of(look) == [DAY]


@pytest.mark.parametrize(
    ("call", "instead"),
    [
        (lambda c: c["dag"].clear(), "couture tasks clear"),
        (lambda c: c["dag"].run(), "dag.test"),
        (lambda c: c["dag"].create_dagrun(run_id="x"), "TriggerDagRunOperator"),
        (lambda c: c["ti"].set_state("failed"), "HTTP API"),
        (lambda c: c["dag_run"].set_state("failed"), "HTTP API"),
    ],
)
def test_what_would_change_airflows_database_says_what_to_use(call, instead):
    def refused(context):
        with pytest.raises(AirflowException, match=f"Airflow's database.*{instead}"):
            call(context)
        return True

    assert run_of(refused)


def test_a_callback_after_the_failure_finds_its_end_and_a_link():
    found = []

    def tell(context):
        ti = context["ti"]
        found.append((ti.state, ti.end_date >= ti.start_date, ti.duration >= 0, ti.log_url))

    with DAG("d", start_date=DAY, schedule=None) as dag:
        PythonOperator(task_id="t", python_callable=lambda: 1 / 0, on_failure_callback=tell)
    assert dag.test(DAY).state == "failed"
    assert found == [("failed", True, True, "")]


def test_params_are_values_that_can_be_validated_and_the_running_task_has_those_of_the_run():
    class Tell(BaseOperator):
        def execute(self, context):
            assert isinstance(context["params"], dict)
            return dict(self.params)

    with DAG("d", start_date=DAY, schedule=None, params={"a": 1, "b": 2}) as dag:
        task = Tell(task_id="t", params={"b": 3})
    assert isinstance(dag.params, dict)
    assert (dag.params["a"], dag.params.dump(), task.params.validate()) == (
        1,
        {"a": 1, "b": 2},
        {"a": 1, "b": 3},
    )
    run = dag.test(DAY, run_conf={"a": 9})
    assert run.get_task_instance("t").xcom_pull() == {"a": 9, "b": 3}


def test_airflow_1s_xcom_methods_of_operators_and_overridden_rendering_work():
    class Loud(BaseOperator):
        template_fields = ("text",)

        def __init__(self, text, **kwargs):
            super().__init__(**kwargs)
            self.text = text

        def render_template(self, content, context, *rest):
            return super().render_template(content, context, *rest).upper()

        def execute(self, context):
            self.xcom_push(context, "said", self.text)
            return self.xcom_pull(context, task_ids=self.task_id, key="said")

    with DAG("d", start_date=DAY, schedule=None) as dag:
        task = Loud(task_id="t", text="on {{ ds }} in {{ params.city }}", params={"city": "rome"})
    assert task.render_template("{{ x }}", {"x": "y"}) == "Y"
    run = dag.test(DAY)
    assert run.get_task_instance("t").xcom_pull() == "ON 2024-01-02 IN ROME"
