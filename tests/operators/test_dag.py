import datetime as dt

import pendulum
import pytest

from couture_operators import (
    DAG,
    BaseOperator,
    BashOperator,
    EmptyOperator,
    PythonOperator,
    TriggerRule,
    chain,
    cross_downstream,
    registry,
)
from couture_operators.exceptions import (
    AirflowDagCycleException,
    DagDefinitionError,
    DuplicateTaskIdFound,
)
from couture_operators.serialize import dag_to_dict


def tasks(*names, dag_id="d"):
    with DAG(dag_id):
        return [EmptyOperator(task_id=name) for name in names]


def edges(dag):
    return {(task.task_id, after) for task in dag.tasks for after in task._downstream_ids}


def test_dependencies_in_all_forms():
    a, b, c, e, f = tasks("a", "b", "c", "e", "f")
    assert a >> b >> c is c
    [e, f] << a
    [e, f] >> c
    assert edges(a.dag) == {
        ("a", "b"), ("b", "c"), ("a", "e"), ("a", "f"), ("e", "c"), ("f", "c"),
    }  # fmt: skip
    assert c.upstream_task_ids == {"b", "e", "f"}
    assert [task.task_id for task in a.downstream_list] == ["b", "e", "f"]
    assert c.get_flat_relative_ids(upstream=True) == {"a", "b", "e", "f"}


def test_chain_and_cross_downstream():
    a, b, c, d, e = tasks("a", "b", "c", "d", "e")
    chain(a, [b, c], [d, e])
    assert edges(a.dag) == {("a", "b"), ("a", "c"), ("b", "d"), ("c", "e")}
    cross_downstream([b], [e])
    assert ("b", "e") in edges(a.dag)
    with pytest.raises(DagDefinitionError, match="these have 2 and 3 tasks"):
        chain([a, b], [c, d, e])


def test_a_cycle_is_refused_with_its_tasks():
    a, b, c = tasks("a", "b", "c")
    a >> b >> c
    with pytest.raises(AirflowDagCycleException, match="closes a cycle: c >> a >> b >> c"):
        c >> a
    with pytest.raises(AirflowDagCycleException, match="a >> a"):
        a >> a


def test_a_dependency_stated_twice_counts_once_and_is_a_warning(caplog):
    a, b = tasks("a", "b")
    a >> b
    assert "warnings" not in dag_to_dict(a.dag)
    b.set_upstream(a)
    b.set_upstream(a)
    sentence = "DAG 'd': the dependency a >> b is stated twice; remove one of the two."
    assert dag_to_dict(a.dag)["warnings"] == [sentence]
    assert caplog.messages == [sentence]
    assert list(b._upstream_ids) == ["a"]


def test_one_statement_in_a_loop_is_not_a_dependency_stated_twice():
    with DAG("d") as dag:
        a, b = EmptyOperator(task_id="a"), EmptyOperator(task_id="b")
        for name in "cde":
            a >> b >> EmptyOperator(task_id=name)
    assert dag.get_task("b").downstream_task_ids == {"c", "d", "e"}


def test_tasks_of_two_dags_cannot_depend_on_each_other():
    (a,), (b,) = tasks("a"), tasks("b", dag_id="other")
    with pytest.raises(DagDefinitionError, match="belong to two DAGs, 'd' and 'other'"):
        a >> b


def test_a_task_without_dag_joins_that_of_its_neighbour():
    (a,) = tasks("a")
    late = EmptyOperator(task_id="late")
    a >> late
    assert late.dag is a.dag
    assert a.dag.task_ids == ["a", "late"]
    with pytest.raises(DagDefinitionError, match="neither task belongs to a DAG"):
        EmptyOperator(task_id="x") >> EmptyOperator(task_id="y")


def test_only_tasks_can_be_joined():
    (a,) = tasks("a")
    with pytest.raises(DagDefinitionError, match="not 'b'"):
        a >> "b"


def test_ids_may_have_letters_of_any_language():
    with DAG("über.день"):
        task = EmptyOperator(task_id="処理-1")
    assert (task.dag_id, task.task_id) == ("über.день", "処理-1")


def test_a_task_id_is_used_once():
    with pytest.raises(DuplicateTaskIdFound, match="DAG 'd' has two tasks with the task_id 'a'"):
        tasks("a", "a")


@pytest.mark.parametrize(
    "bad", ["", "a b", "é" * 126, "x" * 251, "a🦆", None, "a/b", "a\n", ".", ".."]
)
def test_ids_are_plain(bad):
    with pytest.raises(DagDefinitionError, match="is not allowed: use 1 to 250 letters"):
        DAG(bad)
    with pytest.raises(DagDefinitionError, match="The task_id"):
        EmptyOperator(task_id=bad)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"schedule": "61 * * * *"}, "DAG 'd': 61 is outside 0-59 in the minute field"),
        ({"schedule": "@often"}, "There is no preset '@often'"),
        ({"schedule": 5}, "schedule must be None, '@once', a preset"),
        ({"schedule": dt.timedelta(0)}, "interval must be 1 second or more"),
        ({"start_date": "someday"}, "start_date must be a datetime"),
        ({"catchup": "no"}, "catchup must be True or False, not 'no'"),
        ({"max_active_runs": 0}, "max_active_runs must be 1 or more"),
        ({"dagrun_timeout": -1}, "dagrun_timeout must be more than 0"),
        ({"tags": [1]}, "tags must be a list of texts"),
        ({"on_failure_callback": 3}, "on_failure_callback must be a function"),
        ({"default_args": ["owner"]}, "default_args must be a dict"),
    ],
)
def test_a_bad_argument_of_a_dag_is_named(arguments, complaint):
    with pytest.raises(DagDefinitionError) as err:
        DAG("d", **arguments)
    assert complaint in str(err.value)


def test_schedules():
    assert DAG("d").schedule.to_dict() == {"type": "none"}
    assert DAG("d", schedule_interval="@once").schedule.to_dict() == {"type": "once"}
    madrid = pendulum.datetime(2024, 1, 1, tz="Europe/Madrid")
    daily = DAG("d", schedule="@daily", start_date=madrid)
    assert daily.schedule.to_dict() == {
        "type": "cron", "cron": "0 0 * * *", "timezone": "Europe/Madrid",
    }  # fmt: skip
    assert daily.schedule.text == "@daily"
    assert DAG("d", schedule=dt.timedelta(days=10)).schedule.text == "10 days"
    with pytest.raises(TypeError, match="both schedule and schedule_interval"):
        DAG("d", schedule=None, schedule_interval=None)


def test_an_unknown_argument_is_named_with_a_near_one():
    with pytest.raises(TypeError, match="DAG 'd' does not take the argument 'catch_up'"):
        DAG("d", catch_up=True)
    with (
        DAG("d"),
        pytest.raises(TypeError, match=r"BashOperator 'a' of DAG 'd'.*Did you mean 'retries'\?"),
    ):
        BashOperator(task_id="a", bash_command="true", retrys=3)


def test_a_missing_argument_names_the_task():
    with (
        DAG("d"),
        pytest.raises(TypeError, match="BashOperator 'a' of DAG 'd' needs.*bash_command"),
    ):
        BashOperator(task_id="a")
    with pytest.raises(TypeError, match="takes its arguments by name"):
        BashOperator("a")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"trigger_rule": "all_green"}, "trigger_rule 'all_green' does not exist; the rules are"),
        ({"retries": "three"}, "retries must be a whole number, not 'three'"),
        ({"retry_delay": "5m"}, "retry_delay must be a timedelta or a number of seconds"),
        ({"pool_slots": 0}, "pool_slots must be 1 or more"),
        ({"execution_timeout": dt.timedelta(0)}, "execution_timeout must be more than 0"),
        ({"email": 5}, "email must be a list of texts"),
        ({"params": [1]}, "params must be a dict"),
    ],
)
def test_a_bad_argument_of_a_task_is_named_and_the_task_left_out(arguments, complaint):
    with DAG("d") as dag, pytest.raises(DagDefinitionError) as err:
        EmptyOperator(task_id="a", **arguments)
    assert str(err.value).startswith("EmptyOperator 'a' of DAG 'd': ")
    assert complaint in str(err.value)
    assert dag.tasks == []


def test_default_args_reach_every_level_of_an_operator():
    class Loader(BaseOperator):
        def __init__(self, *, table, retries=7, **kwargs):
            super().__init__(retries=retries, **kwargs)
            self.table = table

    defaults = {"table": "sales", "owner": "ann", "start_date": dt.datetime(2024, 1, 1)}
    with DAG("d", default_args=defaults) as dag:
        task = Loader(task_id="a")
        other = Loader(task_id="b", table="x", owner="bob", default_args={"retries": 2})
    assert (task.table, task.owner, task.retries) == ("sales", "ann", 7)
    assert (other.table, other.owner, other.retries) == ("x", "bob", 2)
    assert dag.start_date == dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    assert dag.owners == ["ann", "bob"]


def test_there_are_eleven_trigger_rules_two_newer_ones_and_older_names_still_work():
    newer = {"all_done_setup_success", "all_done_min_one_success"}
    assert len(TriggerRule.all_triggers() - newer) == 11
    with DAG("d"):
        assert EmptyOperator(task_id="a", trigger_rule="dummy").trigger_rule == "always"
        rule = TriggerRule.NONE_FAILED_OR_SKIPPED
        found = EmptyOperator(task_id="b", trigger_rule=rule).trigger_rule
    assert found == "none_failed_min_one_success"


def test_tasks_come_after_those_that_they_wait_for():
    a, b, c, d = tasks("a", "b", "c", "d")
    d >> c >> [a, b]
    assert [task.task_id for task in a.dag.topological_sort()] == ["d", "c", "a", "b"]


def test_two_thousand_tasks_are_linked_quickly():
    with DAG("d") as dag:
        row = [PythonOperator(task_id=f"t{n}", python_callable=print) for n in range(2000)]
        chain(*row)
    assert len(dag.topological_sort()) == 2000


def test_a_file_gives_its_global_dags_and_those_that_were_opened():
    registry.reset()
    kept = DAG("kept")

    def build():
        with DAG("opened"):
            EmptyOperator(task_id="a")

    build()
    assert [dag.dag_id for dag in registry.collect({"x": kept, "same": kept, "n": 1})] == [
        "kept",
        "opened",
    ]
    with pytest.raises(DagDefinitionError, match="two DAGs with the dag_id 'kept'"):
        registry.collect({"x": kept, "y": DAG("kept")})
    registry.reset()
    assert registry.collect({}) == []


def test_callbacks_that_are_set_after_construction_are_called_and_can_be_read():
    def one(context):
        return context

    with DAG("d") as dag:
        task = EmptyOperator(task_id="t", on_success_callback=[one, one])
        mapped = EmptyOperator.partial(task_id="m").expand_kwargs([{}])
    task.on_failure_callback = mapped.on_retry_callback = one
    dag.on_failure_callback, dag.sla_miss_callback = one, [one]
    stored = dag_to_dict(dag)
    tasks = {found["task_id"]: found["callbacks"] for found in stored["tasks"]}
    assert stored["callbacks"] == ["on_failure_callback", "sla_miss_callback"]
    assert tasks == {
        "t": ["on_success_callback", "on_failure_callback"],
        "m": ["on_retry_callback"],
    }
    assert (task.on_failure_callback, task.on_success_callback) == (one, [one, one])
    assert mapped.unmap(0, {}).on_retry_callback is one
    assert dag.partial_subset("t").on_failure_callback is one
    with pytest.raises(DagDefinitionError, match="on_retry_callback must be a function"):
        task.on_retry_callback = "one"


def test_an_operator_may_have_attributes_that_airflow_has_no_use_for():
    names = ("where", "line", "callbacks", "warn", "description", "upstream_ids", "unrendered")

    class Sql(BaseOperator):
        def __init__(self, **kwargs):
            for name in names:
                setattr(self, name, f"my {name}")
            super().__init__(**kwargs)

    with DAG("d") as dag:
        task = Sql(task_id="t")
        task >> EmptyOperator(task_id="after")
    assert [getattr(task, name) for name in names] == [f"my {name}" for name in names]
    assert dag_to_dict(dag)["tasks"][0]["downstream"] == ["after"]
