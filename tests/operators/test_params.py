import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couture_operators import DAG, Param, PythonOperator
from couture_operators.exceptions import ParamValidationError
from couture_operators.params import ParamsDict, validate_params
from couture_operators.serialize import dag_to_dict


def stored(**params):
    return json.loads(json.dumps({name: Param.of(p).to_dict() for name, p in params.items()}))


def test_the_values_of_a_run_are_those_given_and_else_the_defaults():
    params = stored(a=Param(3, type="integer"), b="x", c=None)
    assert validate_params(params, {"a": 5, "stranger": 1}) == {"a": 5, "b": "x", "c": None}
    assert validate_params(params, None) == {"a": 3, "b": "x", "c": None}


@pytest.mark.parametrize(
    ("param", "value", "words"),
    [
        (Param(1, type="integer"), "x", "'x' is not of type 'integer'"),
        (Param(1, type="integer", minimum=0, maximum=9), 10, "greater than the maximum"),
        (Param("a", enum=["a", "b"]), "c", "is not one of"),
        (Param("ab", type="string", minLength=2), "a", "too short"),
        (Param("a", type="string"), None, "None is not of type 'string'"),
        (Param("2024-01-01", type="string", format="date"), "soon", "is not a 'date'"),
        (Param([1], type="array", items={"type": "integer"}), [1, "x"], "is not of type"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_params_name(param, value, words):
    with pytest.raises(ParamValidationError, match=f"The param 'p' cannot be .*{words}"):
        validate_params(stored(p=param), {"p": value})


def test_a_param_without_a_default_needs_a_value():
    params = stored(p=Param(type="integer"))
    with pytest.raises(ParamValidationError, match="'p' needs a value"):
        validate_params(params, {})
    assert validate_params(params, {"p": 1}) == {"p": 1}


@given(st.integers(), st.integers(), st.integers())
def test_bounds_are_kept(value, low, high):
    params = stored(p=Param(type="integer", minimum=low, maximum=high))
    if low <= value <= high:
        assert validate_params(params, {"p": value}) == {"p": value}
    else:
        with pytest.raises(ParamValidationError):
            validate_params(params, {"p": value})


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"$ref": "http://127.0.0.1:1/x"}])
def test_a_schema_that_is_none_is_refused_and_nothing_is_fetched(schema):
    with pytest.raises(ParamValidationError, match="The schema of param 'p' is none"):
        validate_params(stored(p=Param(1, schema=schema)), {})


def test_a_dag_with_a_schedule_needs_defaults_that_fit_and_one_without_does_not():
    bad = {"p": Param("x", type="integer")}
    assert dag_to_dict(DAG("d", params=bad))["params"]["p"]["value"] == "x"
    with pytest.raises(ParamValidationError, match="DAG 'd' has a schedule.*'p' cannot be 'x'"):
        dag_to_dict(DAG("d", params=bad, schedule="@daily"))
    with pytest.raises(ParamValidationError, match="'q' needs a value"):
        dag_to_dict(DAG("d", params={"q": Param()}, schedule="@daily"))


def test_params_of_a_task_come_before_those_of_the_dag_and_a_runs_before_both(run):
    seen = []
    with DAG("d", params={"a": 1, "b": Param(1), "c": 1}):
        made = PythonOperator(
            task_id="t",
            params={"b": Param(2, type="integer"), "c": 2},
            python_callable=lambda params: seen.append(dict(params)),
        )
    run(made, conf={"c": 3})
    assert seen == [{"a": 1, "b": 2, "c": 3}]


def test_a_dict_of_params_gives_checked_values():
    params = ParamsDict({"a": Param(1, type="integer"), "b": "x"})
    assert (params["a"], params.dump(), params.validate()) == (1, {"a": 1, "b": "x"}, params.dump())
    params["a"] = "no number"
    with pytest.raises(ParamValidationError):
        _ = params["a"]
    assert params.get_param("a").schema == {"type": "integer"}
    assert ParamsDict({"a": Param("x", type="integer")}, suppress_exception=True)["a"] is None


def test_a_param_resolves_a_value_by_its_schema():
    param = Param(1, type="integer")
    assert (param.resolve(), param.resolve(5), param.resolve("x", suppress_exception=True)) == (
        1, 5, None,
    )  # fmt: skip


def test_a_param_of_the_dag_can_be_passed_to_a_task(run):
    seen = []
    with DAG("d") as dag:
        made = PythonOperator(
            task_id="t", python_callable=seen.append, op_args=[dag.param("word", "hello")]
        )
        open_one = PythonOperator(
            task_id="u", python_callable=seen.append, op_args=[dag.param("open")]
        )
    run(made), run(made, conf={"word": "hi"})
    assert seen == ["hello", "hi"]
    assert "'open' needs a value" in run(open_one).reason
    assert str(dag.param("word")) == "{{ params['word'] }}"
