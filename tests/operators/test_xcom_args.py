import pytest
from hypothesis import given
from hypothesis import strategies as st

from couture_operators import DAG, BaseOperator, BashOperator, EmptyOperator, PythonOperator
from couture_operators.resolving import literal, references_in
from couture_operators.xcom import encode
from couture_operators.xcom_arg import PlainXComArg, XComArg
from couture_operators.xcom_sequences import (
    Concatenated,
    LazyXComSequence,
    Mapped,
    Zipped,
    checked_sequence,
)

ITEMS = st.lists(st.integers())


@pytest.fixture(autouse=True)
def in_a_dag():
    with DAG("d") as made:
        yield made


def python(name, function=lambda: None, **kwargs):
    return PythonOperator(task_id=name, python_callable=function, **kwargs)


NESTED = st.recursive(
    st.just("arg") | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=8,
)


def filled(value, arg):
    """The nested value with each "arg" replaced."""
    if value == "arg":
        return arg
    if isinstance(value, dict):
        return {key: filled(item, arg) for key, item in value.items()}
    return type(value)(filled(v, arg) for v in value) if isinstance(value, list | tuple) else value


@given(NESTED)
def test_values_of_tasks_are_found_however_deep_they_stand(value):
    arg = PlainXComArg(object(), "k")  # type: ignore[arg-type]
    found = list(references_in(filled(value, arg)))
    assert found == [(arg.operator, "k")] * repr(value).count("'arg'")


def test_values_are_resolved_in_nested_lists_and_dicts(run, runtime, in_a_dag):
    seen = []
    first = python("first", lambda: 5)
    user = python("user", lambda *a, **k: seen.append((a, k)), op_args=[[first.output]])
    user.op_kwargs = {"deep": {"list": [(first.output, "{{ ds }}")]}}
    run(first), run(user)
    ((args, kwargs),) = seen
    assert args == ([5],)
    assert kwargs["deep"] == {"list": [(5, "2024-01-02")]}


def test_a_value_in_a_template_field_makes_a_dependency_that_may_be_stated_once_too():
    first = python("first")
    user = BashOperator(task_id="user", bash_command=first.output, env={"X": first.output["x"]})
    assert list(user._upstream_ids) == ["first"]
    first >> user
    assert first.dag._warnings == []
    first >> user
    assert len(first.dag._warnings) == 1


def test_a_value_inside_a_text_becomes_a_template(run):
    first = python("first", lambda: {"word": "hello"})
    assert str(first.output) == (
        "{{ task_instance.xcom_pull(task_ids='first', dag_id='d', key='return_value') }}"
    )
    user = BashOperator(task_id="user", bash_command=f"echo {first.output}")
    run(first)
    assert run(user).state == "success"


def test_values_stand_on_either_side_of_a_dependency(in_a_dag):
    a, b, c = python("a"), python("b"), EmptyOperator(task_id="c")
    a.output >> b.output >> c
    [XComArg(a)] >> c
    assert list(c._upstream_ids) == ["b", "a"]
    assert XComArg(a).operator is a and a.output["k"].key == "k"


def test_a_key_that_was_not_pushed_fails_the_task_and_a_result_that_was_not_is_none(run):
    seen = []
    first = python("first")
    keyed = python("keyed", print, op_args=[first.output["gone"]])
    plain = python("plain", seen.append, op_args=[first.output])
    run(first)
    assert "pushed no XCom with the key 'gone'" in run(keyed).reason
    run(plain)
    assert seen == [None]


def test_positional_and_named_arguments_can_be_results_as_a_whole(run):
    seen = []
    args, kwargs = python("args", lambda: [1, 2]), python("kwargs", lambda: {"c": 3})
    user = python(
        "whole",
        lambda a, b, c: seen.append((a, b, c)),
        op_args=args.output,
        op_kwargs=kwargs.output,
    )
    run(args), run(kwargs), run(user)
    assert seen == [(1, 2, 3)]


def test_a_placeholder_can_be_the_whole_of_a_required_text(run):
    from couture_operators import CoutureJupyterOperator

    name = python("name", lambda: "a.ipynb")
    notebook = CoutureJupyterOperator(task_id="nb", input_nb=name.output, parameters=name.output)
    assert list(notebook._upstream_ids) == ["name"]


def test_map_zip_and_concat_work_on_results_only():
    keyed = python("a").output["k"]
    for call in (lambda: keyed.map(str), lambda: keyed.zip(keyed), lambda: keyed.concat(keyed)):
        with pytest.raises(ValueError, match="works on what a task returns"):
            call()


def test_map_takes_no_task():
    from couture_operators.decorators import task

    with pytest.raises(ValueError, match="is a task"):
        python("a").output.map(task(lambda x: x))


def test_a_literal_is_passed_on_unrendered(run):
    seen = []
    run(python("a", seen.append, op_args=[literal("{{ ds }}")]))
    assert seen == ["{{ ds }}"]


def test_objects_with_template_fields_of_their_own_are_rendered_as_copies(run):
    class Query:
        template_fields = ("sql", "inner")

        def __init__(self, sql, inner=None):
            self.sql, self.inner = sql, inner

    class Ask(BaseOperator):
        template_fields = ("query",)

        def __init__(self, query, **kwargs):
            super().__init__(**kwargs)
            self.query = query

        def execute(self, context):
            return [self.query.sql, self.query.inner.sql]

    first = python("first", lambda: "x")
    query = Query("{{ ds }}", Query(first.output))
    made = Ask(task_id="ask", query=query)
    run(first)
    assert run(made).state == "success"
    assert list(made._upstream_ids) == ["first"]
    assert query.sql == "{{ ds }}"


def test_template_fields_as_a_text_are_refused_with_the_comma_that_is_missing():
    from couture_operators.exceptions import DagDefinitionError

    with pytest.raises(DagDefinitionError, match=r"write \('name',\) with the comma"):

        class Bad(BaseOperator):
            template_fields = "name"


def test_a_template_field_without_an_attribute_is_named(run):
    class Bad(BaseOperator):
        template_fields = ("gone",)

        def execute(self, context):
            pass

    assert "'gone' is among its template_fields" in run(Bad(task_id="t")).reason


@given(st.lists(ITEMS, min_size=1, max_size=4), st.booleans())
def test_zipped_sequences_are_those_of_python(values, longest):
    from itertools import zip_longest

    expected = list(zip_longest(*values, fillvalue=0) if longest else zip(*values, strict=False))
    zipped = Zipped(values, longest, 0)
    assert (len(zipped), list(zipped)) == (len(expected), expected)


@given(st.lists(ITEMS, max_size=4))
def test_concatenated_sequences_are_those_of_python(values):
    expected = [item for value in values for item in value]
    joined = Concatenated(values)
    assert (len(joined), list(joined)) == (len(expected), expected)
    assert [joined[index] for index in range(-len(expected), 0)] == expected


@given(ITEMS)
def test_mapped_sequences_go_through_all_functions(values):
    assert list(Mapped(values, [str, len])) == [len(str(value)) for value in values]


@given(st.dictionaries(st.text(), st.integers()))
def test_a_dict_is_a_sequence_of_pairs(value):
    assert list(Mapped(value, [])) == list(Concatenated([value])) == list(value.items())


@given(ITEMS, st.slices(5))
def test_a_lazy_sequence_is_a_list_of_what_was_pushed(values, some):
    lazy = LazyXComSequence([encode(value) for value in values])
    assert lazy == values and list(lazy[some]) == values[some]


@pytest.mark.parametrize("value", ["text", b"bytes", 5, None, {1}])
def test_what_has_no_items_in_an_order_is_refused(value):
    with pytest.raises(ValueError, match="needs a list or a dict"):
        checked_sequence("zip", value)
