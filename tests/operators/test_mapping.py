import json
from itertools import product as all_of

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couture_operators import DAG, BashOperator, EmptyOperator, PythonOperator
from couture_operators.decorators import task, task_group
from couture_operators.exceptions import AirflowException, DagDefinitionError
from couture_operators.expand_input import combination
from couture_operators.mapping import MappedOperator
from couture_operators.serialize import dag_to_dict
from couture_operators.xcom import decode


@pytest.fixture(autouse=True)
def in_a_dag():
    with DAG("d") as made:
        yield made


@task
def numbers():
    return [1, 2, 3]


@task
def pair(a, b=0):
    return [a, b]


def returned(runtime, task_id):
    rows = [r for r in runtime.pushed if r["task_id"] == task_id and r["key"] == "return_value"]
    return {row.get("map_index", -1): json.dumps(decode(row)) for row in rows}


def stored(dag, task_id):
    return next(t for t in dag_to_dict(dag)["tasks"] if t["task_id"] == task_id)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_indexes_go_through_all_combinations_and_the_last_argument_varies_fastest(lengths):
    expected = [list(places) for places in all_of(*map(range, lengths))]
    assert [combination(index, lengths) for index in range(len(expected))] == expected


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.integers(-3, 700))
def test_an_index_beyond_the_combinations_is_refused(lengths, index):
    size = 1
    for length in lengths:
        size *= length
    if not 0 <= index < size:
        with pytest.raises(AirflowException, match="There is no combination"):
            combination(index, lengths)


def test_each_instance_gets_its_combination_in_the_order_of_the_arguments(run, runtime, in_a_dag):
    made = pair.expand(b=["x", "y"], a=[1, 2, 3]).operator
    for index in range(6):
        assert run(made, map_index=index).state == "success"
    assert list(returned(runtime, "pair").values())[::-1] == [
        '[1, "x"]', '[2, "x"]', '[3, "x"]', '[1, "y"]', '[2, "y"]', '[3, "y"]',
    ]  # fmt: skip
    assert stored(in_a_dag, "pair")["mapped"] == {
        "kind": "expand",
        "inputs": [{"name": "b", "length": 2}, {"name": "a", "length": 3}],
    }


def test_a_dict_is_mapped_over_as_pairs(run, runtime):
    made = pair.expand(a={"k": 1, "l": 2}).operator
    run(made, map_index=1)
    assert returned(runtime, "pair") == {1: '[["l", 2], 0]'}


def test_a_task_is_mapped_over_what_another_returns(run, runtime, in_a_dag):
    source = numbers()
    made = pair.partial(b=9).expand(a=source).operator
    assert list(made._upstream_ids) == ["numbers"]
    run(source.operator)
    assert runtime.lengths == {"return_value": 3}
    assert run(made, map_index=2).state == "success"
    assert returned(runtime, "pair") == {2: "[3, 9]"}
    described = stored(in_a_dag, "pair")
    assert described["mapped"]["inputs"] == [
        {"name": "a", "expr": {"xcom": "numbers", "key": "return_value"}}
    ]
    assert (stored(in_a_dag, "numbers")["wants_length"], described["wants_length"]) == (True, False)


def test_what_mapped_tasks_return_is_a_sequence_in_their_order(run, runtime):
    mapped = pair.expand(a=[1, 2, 3])
    collect = task(lambda found: [len(found), list(found), found[-1]]).override(task_id="collect")
    made = collect(mapped).operator
    for index in (2, 0, 1):
        run(mapped.operator, map_index=index)
    assert run(made).state == "success"
    assert returned(runtime, "collect") == {-1: "[3, [[1, 0], [2, 0], [3, 0]], [3, 0]]"}


def test_a_sequence_of_mapped_results_returned_again_is_a_plain_list(run, runtime):
    mapped = pair.expand(a=[1])
    same = task(lambda found: found).override(task_id="same")(mapped).operator
    run(mapped.operator, map_index=0)
    run(same)
    assert returned(runtime, "same") == {-1: "[[1, 0]]"}


def test_a_mapped_task_can_be_mapped_over(run, runtime, in_a_dag):
    first = pair.expand(a=[1, 2])
    second = pair.override(task_id="second").expand(a=first).operator
    for index in (0, 1):
        run(first.operator, map_index=index)
    run(second, map_index=1)
    assert returned(runtime, "second") == {1: "[[2, 0], 0]"}
    assert stored(in_a_dag, "pair")["wants_length"] is False


def test_dicts_of_arguments_are_mapped_over(run, runtime, in_a_dag):
    made = pair.expand_kwargs([{"a": 1}, {"a": "{{ ds }}", "b": 3}]).operator
    run(made, map_index=0), run(made, map_index=1)
    assert returned(runtime, "pair") == {1: '["2024-01-02", 3]', 0: "[1, 0]"}
    assert stored(in_a_dag, "pair")["mapped"] == {
        "kind": "expand_kwargs",
        "inputs": [{"name": "kwargs", "length": 2}],
    }


def test_dicts_of_arguments_come_from_a_task(run, runtime):
    source = task(lambda: [{"a": 5}, "no dict"]).override(task_id="rows")()
    made = pair.expand_kwargs(source).operator
    run(source.operator), run(made, map_index=0)
    assert returned(runtime, "pair") == {0: "[5, 0]"}
    assert "item 1 is 'no dict'" in run(made, map_index=1).reason


def test_an_argument_that_is_fixed_and_mapped_fails_unless_it_may_be_overridden(run, runtime):
    fixed = pair.partial(b=1)
    strict = fixed.expand_kwargs([{"a": 1, "b": 2}]).operator
    loose = fixed.override(task_id="loose").expand_kwargs([{"a": 1, "b": 2}], strict=False)
    assert "'b' is fixed by partial() and mapped too" in run(strict, map_index=0).reason
    run(loose.operator, map_index=0)
    assert returned(runtime, "loose") == {0: "[1, 2]"}


def test_operators_are_mapped_with_their_arguments(run, runtime, in_a_dag):
    made = BashOperator.partial(task_id="b", retries=3, append_env=True).expand(
        bash_command=["echo {{ ds }}", "echo $WORD"], env=[{"WORD": "w"}]
    )
    assert isinstance(made, MappedOperator)
    run(made, map_index=0), run(made, map_index=1)
    assert returned(runtime, "b") == {1: '"w"', 0: '"2024-01-02"'}
    described = stored(in_a_dag, "b")
    assert (described["operator"], described["kind"], described["retries"]) == (
        "BashOperator", "bash", 3,
    )  # fmt: skip


def test_values_of_other_tasks_are_not_rendered_and_those_of_the_file_are(run, runtime):
    source = task(lambda: ["{{ ds }}"]).override(task_id="source")()
    from_task = pair.partial(b="{{ ds }}").expand(a=source).operator
    run(source.operator), run(from_task, map_index=0)
    assert returned(runtime, "pair") == {0: '["{{ ds }}", "2024-01-02"]'}


def test_the_callbacks_and_the_name_of_an_instance_are_those_of_its_task(run, runtime):
    seen = []
    made = PythonOperator.partial(
        task_id="t",
        python_callable=lambda x: x,
        on_success_callback=lambda context: seen.append(context["ti"].map_index),
        map_index_template="{{ task.op_args[0] }} of {{ task.task_id }}",
    ).expand(op_args=[["a"], ["b"]])
    outcome = run(made, map_index=1)
    assert (seen, outcome.rendered_map_index) == ([1], "b of t")


def test_map_zip_and_concat_change_what_is_mapped_over(run, runtime, in_a_dag):
    a = numbers()
    b = task(lambda: ["x", "y"]).override(task_id="letters")()
    values = a.map(lambda n: n * 10).zip(b, fillvalue="-").concat(b)
    made = pair.expand(a=values).operator
    run(a.operator), run(b.operator)
    for index in range(5):
        run(made, map_index=index)
    assert [value for _, value in sorted(returned(runtime, "pair").items())] == [
        '[[10, "x"], 0]', '[[20, "y"], 0]', '[[30, "-"], 0]', '["x", 0]', '["y", 0]',
    ]  # fmt: skip
    expression = stored(in_a_dag, "pair")["mapped"]["inputs"][0]["expr"]
    numbers_, letters = ({"xcom": n, "key": "return_value"} for n in ("numbers", "letters"))
    zipped = {"zip": [{"map": numbers_}, letters], "longest": True}
    assert expression == {"concat": [zipped, letters]}
    assert list(made._upstream_ids) == ["numbers", "letters"]


def test_a_group_has_an_instance_for_each_value(run, runtime, in_a_dag):
    @task_group
    def work(value, fixed):
        """Works."""
        return pair(pair(value, fixed), "{{ ds }}")

    source = numbers()
    last = work.partial(fixed="f").expand(value=source)
    first = in_a_dag.get_task("work.pair")
    run(source.operator), run(first, map_index=1), run(last.operator, map_index=1)
    assert returned(runtime, "work.pair") == {1: '[2, "f"]'}
    assert returned(runtime, "work.pair__1") == {1: '[[2, "f"], "2024-01-02"]'}
    (group,) = dag_to_dict(in_a_dag)["task_groups"]
    assert group["mapped"] == {
        "kind": "expand",
        "inputs": [{"name": "value", "expr": {"xcom": "numbers", "key": "return_value"}}],
    }
    assert stored(in_a_dag, "work.pair")["mapped"] is None
    assert first.upstream_task_ids == {"numbers"}
    assert stored(in_a_dag, "numbers")["wants_length"] is True


def test_outside_of_its_group_a_mapped_tasks_results_are_all_there(run, runtime, in_a_dag):
    @task_group
    def work(value):
        return pair(value)

    results = work.expand(value=[1, 2])
    collect = task(lambda found: list(found))
    made = collect.override(task_id="collect")(results).operator
    for index in (0, 1):
        run(results.operator, map_index=index)
    run(made)
    assert returned(runtime, "collect") == {-1: "[[1, 0], [2, 0]]"}


def test_dicts_of_a_groups_arguments_are_mapped_over(run, runtime, in_a_dag):
    @task_group
    def work(a, b="default"):
        pair(a, b)

    work.expand_kwargs([{"a": 1, "b": 2}, {"a": 3}])
    made = in_a_dag.get_task("work.pair")
    assert run(made, map_index=0).state == "success"
    assert "was given no value for 'b'" in run(made, map_index=1).reason


def test_a_mapped_group_inside_a_mapped_group_and_a_mapped_task_in_one_are_refused():
    @task_group
    def inner(x):
        EmptyOperator(task_id="e")

    @task_group
    def groups(x):
        inner.expand(x=[1])

    @task_group
    def tasks(x):
        pair.expand(a=[1])

    with pytest.raises(DagDefinitionError, match="cannot be inside another mapped group"):
        groups.expand(x=[1])
    with pytest.raises(DagDefinitionError, match="map one of them"):
        tasks.expand(x=[1])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "returned nothing, but other tasks are mapped over its result"),
        ("text", "returned a str; other tasks are mapped over its result"),
        ({1, 2}, "returned a set"),
        (5, "returned a int"),
        (list(range(1025)), r"returned 1,025 items; tasks can be mapped over 1,024 at most"),
    ],
)
def test_a_result_that_cannot_be_mapped_over_fails_its_task(run, value, reason):
    source = PythonOperator(
        task_id="source", python_callable=lambda: value, show_return_value_in_logs=False
    )
    pair.expand(a=source.output)
    outcome = run(source)
    assert outcome.state == "failed"
    assert reason in outcome.reason


def test_the_installation_says_how_much_may_be_mapped_over(run):
    source = numbers()
    pair.expand(a=source)
    assert "2 at most" in run(source.operator, max_map_length=2).reason


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: pair.expand(), TypeError, "needs an argument to map over"),
        (lambda: pair.expand(a=5), ValueError, "must be a list, a dict or the result of a task"),
        (lambda: pair.expand(a="text"), ValueError, "must be a list"),
        (lambda: pair.expand(c=[1]), TypeError, "does not take the argument 'c'"),
        (lambda: pair.expand(ds=[1]), ValueError, "comes from the task's context"),
        (lambda: pair.partial(a=1).expand(a=[1]), TypeError, "'a' is fixed by partial"),
        (lambda: pair.partial(a=1).partial(a=2), TypeError, "'a' is fixed already"),
        (lambda: pair.expand_kwargs([1]), TypeError, "a list of dicts or the result"),
        (lambda: pair.expand(a=numbers()["key"]), ValueError, "not over its XCom 'key'"),
        (
            lambda: BashOperator.partial(task_id="b", bash_comand="x"),
            TypeError,
            "Did you mean 'bash_command'",
        ),
        (
            lambda: BashOperator.partial(task_id="b").expand(nothing=[1]),
            TypeError,
            "does not take the argument 'nothing'",
        ),
        (
            lambda: pair.override(trigger_rule="always").expand(a=numbers()),
            DagDefinitionError,
            "cannot have the trigger rule always",
        ),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_in_the_dag_file(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_pulling_chooses_among_the_instances_of_a_mapped_task(run, runtime, in_a_dag):
    mapped = pair.expand(a=[1, 2, 3]).operator
    for index in range(3):
        run(mapped, map_index=index)
    seen = {}

    def look(ti):
        seen["all"] = list(ti.xcom_pull("pair"))
        seen["one"] = ti.xcom_pull("pair", map_indexes=1)
        seen["some"] = list(ti.xcom_pull("pair", map_indexes=[2, 0]))
        seen["listed"] = ti.xcom_pull(["pair", "nobody"])
        seen["nothing"] = ti.xcom_pull("pair", map_indexes=7, default="none")

    run(PythonOperator(task_id="look", python_callable=look))
    assert seen == {
        "all": [[1, 0], [2, 0], [3, 0]],
        "one": [2, 0],
        "some": [[1, 0], [3, 0]],
        "listed": [[1, 0], [2, 0], [3, 0], None],
        "nothing": "none",
    }


def test_each_instance_of_a_setup_or_teardown_knows_what_it_is(run):
    seen = []
    watched = pair.override(on_execute_callback=lambda c: seen.append(c["task"].is_teardown))
    run(watched.expand(a=[1]).operator.as_teardown(), map_index=0)
    assert seen == [True]
