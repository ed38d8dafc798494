import pytest

from couture_operators import DAG, AirflowSkipException, EmptyOperator, PythonOperator
from couture_operators.context import CONTEXT_KEYS, build_context, get_current_context
from couture_operators.decorators import (
    DecoratedOperator,
    dag,
    setup,
    task,
    task_decorator_factory,
    teardown,
)
from couture_operators.exceptions import (
    AirflowException,
    AirflowOptionalProviderFeatureException,
    DagDefinitionError,
)
from couture_operators.serialize import dag_to_dict


@pytest.fixture(autouse=True)
def in_a_dag():
    with DAG("d", default_args={"flavour": "sweet"}) as made:
        yield made


def pushed(runtime, key="return_value"):
    return next(row["json"] for row in runtime.pushed if row["key"] == key)


def test_calling_the_function_makes_a_task_that_calls_it(run, runtime):
    @task(retries=2)
    def add(a, b=1, ds=None):
        """Adds."""
        return f"{a + b} on {ds}"

    made = add(2).operator
    assert (made.task_id, made.retries, made.doc_md) == ("add", 2, "Adds.")
    assert run(made).state == "success"
    assert pushed(runtime) == '"3 on 2024-01-02"'


def test_the_function_stays_reachable():
    @task
    def add(a, b):
        return a + b

    assert add.function(1, 2) == add.__wrapped__(1, 2) == 3
    assert add.__name__ == "add"


def test_further_tasks_of_one_function_are_numbered(in_a_dag):
    @task
    def work():
        pass

    work(), work(), work.override(task_id="other")(), work()
    assert in_a_dag.task_ids == ["work", "work__1", "other", "work__2"]


def test_override_changes_the_next_task_only():
    @task(retries=1)
    def work():
        pass

    assert work.override(retries=5, pool="big")().operator.retries == 5
    assert work().operator.retries == 1


def test_a_result_passed_on_makes_a_dependency_and_becomes_the_value(run, runtime):
    @task
    def one():
        return 1

    @task
    def use(values, *, more):
        return [*values["list"], more]

    first = one()
    made = use({"list": [first, 2]}, more=(first)).operator
    assert list(made._upstream_ids) == ["one"]
    run(first.operator)
    run(made)
    assert pushed(runtime) == "[1, 2, 1]"


def test_keys_of_a_result_are_xcoms_when_the_annotation_says_dict(run, runtime):
    @task
    def both() -> dict[str, int]:
        return {"a": 1, "b": 2}

    @task
    def plain() -> list[int]:
        return [1]

    @task(multiple_outputs=False)
    def whole() -> dict:
        return {}

    result = both()
    assert [found().operator.multiple_outputs for found in (plain, whole)] == [False, False]
    run(result.operator)
    assert (pushed(runtime, "a"), pushed(runtime)) == ("1", '{"a": 1, "b": 2}')
    user = PythonOperator(task_id="use", python_callable=lambda x: x + 1, op_args=[result["b"]])
    assert run(user).state == "success"
    assert pushed(runtime) == "3"


@pytest.mark.parametrize("value", [[1], {1: 2}])
def test_multiple_outputs_of_what_is_no_dict_of_texts_fails(run, value):
    made = PythonOperator(task_id="t", python_callable=lambda: value, multiple_outputs=True)
    assert "must return a dict whose keys are texts" in run(made).reason


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda f: f(), "missing a required argument: 'a'"),
        (lambda f: f(1, 2, 3), "too many positional arguments"),
        (lambda f: f(1, c=3), "unexpected keyword argument 'c'"),
    ],
)
def test_a_call_that_cannot_work_is_refused_in_the_dag_file(call, words):
    @task
    def work(a, b=1):
        pass

    with pytest.raises(TypeError, match=words):
        call(work)


def test_arguments_of_the_context_need_no_value_and_no_default_but_none():
    @task
    def good(ti, params=None, *, ds):
        pass

    @task
    def bad(ds="today"):
        pass

    @task
    def mixed(ds, a):
        pass

    good()
    with pytest.raises(ValueError, match="'ds' comes from the task's context"):
        bad()
    with pytest.raises(ValueError, match="put those of the context last"):
        mixed(1)


def test_default_args_fill_arguments_of_the_function_by_name(run, runtime):
    @task
    def taste(flavour):
        return flavour

    run(taste().operator)
    assert pushed(runtime) == '"sweet"'
    run(taste("sour").operator)
    assert pushed(runtime) == '"sour"'


def test_methods_are_refused_and_staticmethods_are_not(run, runtime):
    with pytest.raises(TypeError, match="does not work on methods"):

        class Bad:
            @task
            def work(self):
                pass

    class Good:
        @staticmethod
        @task
        def work(x):
            return x

    run(Good.work(4).operator)
    assert pushed(runtime) == "4"


def test_bash_runs_the_command_that_the_function_returns(run, runtime):
    @task.bash(env={"NAME": "{{ ds }}"})
    def command(word):
        return f'echo "{word} $NAME {{{{ ds_nodash }}}}"'

    made = command("hello").operator
    assert made.operator_kind == "bash"
    run(made)
    assert pushed(runtime) == '"hello 2024-01-02 20240102"'
    assert runtime.rendered["bash_command"] == 'echo "hello $NAME 20240102"'


@pytest.mark.parametrize("value", [None, "  ", 5])
def test_bash_needs_a_command(run, value):
    @task.bash
    def command():
        return value

    assert "returns a command" in run(command().operator).reason


def test_a_branch_follows_what_the_function_names(run):
    @task.branch
    def choose():
        return "a"

    choose() >> [EmptyOperator(task_id="a"), EmptyOperator(task_id="b")]
    chosen = choose.function
    assert chosen() == "a"
    outcome = run(EmptyOperator(task_id="x").dag.get_task("choose"))
    assert (outcome.state, outcome.skip_downstream) == ("success", ["b"])


def test_a_short_circuit_skips_what_lies_downstream(run):
    @task.short_circuit
    def go():
        return False

    go() >> EmptyOperator(task_id="a")
    assert run(go().operator.dag.get_task("go")).skip_downstream == ["a"]


def test_a_sensor_waits_for_what_the_function_says(run, runtime):
    @task.sensor(poke_interval=1, timeout=5, mode="reschedule")
    def there(answer):
        return answer

    assert run(there(True).operator).state == "success"
    assert run(there(False).operator).state == "up_for_reschedule"
    assert dag_to_dict(there(True).operator.dag)["tasks"][0]["reschedule"] is True


@pytest.mark.parametrize(
    "name",
    ["python", "virtualenv", "external_python", "branch_virtualenv", "branch_external_python"],
)
def test_all_variants_make_tasks_of_their_own_kind(name):
    more = {"python": "/usr/bin/python3"} if "external" in name else {}

    @getattr(task, name)(task_id="x", **more)
    def work():
        return 1

    made = work().operator
    assert isinstance(made, PythonOperator) and made.python_callable() == 1
    assert dag_to_dict(made.dag)["tasks"][0]["operator"].startswith("@task")


@pytest.mark.parametrize("name", ["docker", "kubernetes"])
def test_variants_of_other_products_are_refused_with_a_sentence(name):
    with pytest.raises(AirflowOptionalProviderFeatureException, match="does not offer"):

        @getattr(task, name)(image="python")
        def work():
            pass


def test_a_variant_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(AttributeError, match="There is no @task.nothing; there are bash, branch"):
        _ = task.nothing


@pytest.mark.parametrize(
    ("decorator", "answer", "state", "reason"),
    [
        (task.skip_if, True, "skipped", "The condition of skip_if says so."),
        (task.skip_if, False, "success", ""),
        (task.run_if, True, "success", ""),
        (task.run_if, (False, "closed today"), "skipped", "closed today"),
    ],
)
def test_a_task_is_skipped_by_a_condition(run, decorator, answer, state, reason):
    @decorator(lambda context: answer)
    @task
    def work():
        pass

    outcome = run(work().operator)
    assert (outcome.state, outcome.reason) == (state, reason)


def test_a_condition_stands_above_the_task():
    with pytest.raises(TypeError, match="stands above @task"):
        task.skip_if(lambda context: True)(lambda: 1)


def test_a_dag_is_a_function_whose_arguments_are_its_params(run, runtime):
    @dag(schedule="@daily", tags=["x"])
    def sales(region="north", days: int = 3):
        """Sells."""

        @task
        def show(region, days):
            return f"{region} {days}"

        show(region, days)

    made = sales(region="south")
    assert (made.dag_id, made.doc_md, made.tags) == ("sales", "Sells.", ["x"])
    assert {name: param.value for name, param in made.params.declared().items()} == {
        "region": "south",
        "days": 3,
    }
    assert run(made.get_task("show"), dag_id="sales").state == "success"
    assert pushed(runtime) == '"south 3"'
    run(made.get_task("show"), conf={"days": 7})
    assert pushed(runtime) == '"south 7"'


def test_a_dag_can_be_named_and_called_without_arguments():
    @dag("other_name")
    def first():
        EmptyOperator(task_id="x")

    @dag
    def second():
        pass

    assert (first().dag_id, first().task_ids, second().dag_id) == ("other_name", ["x"], "second")


def test_a_result_cannot_be_looped_over_in_the_dag_file():
    @task
    def work():
        return [1, 2]

    with pytest.raises(TypeError, match="use expand"):
        list(work())
    with pytest.raises(ValueError, match="only the keys of a dict"):
        work()[0]


def test_the_context_of_the_running_task_can_be_asked_for(run, runtime):
    @task
    def work():
        return get_current_context()["ds"]

    run(work().operator)
    assert pushed(runtime) == '"2024-01-02"'
    with pytest.raises(AirflowException, match="inside a running task only"):
        get_current_context()


def test_the_known_names_of_the_context_are_those_that_it_has(runtime, info):
    made = EmptyOperator(task_id="t")
    context = build_context(made.dag, made, info(), runtime)
    ours = {"END_DATE", "end_date", "latest_date", "tables"}
    assert set(context) - ours == CONTEXT_KEYS - {"exception"}


def test_setup_and_teardown_decorators_mark_tasks():
    @setup
    def make():
        pass

    @teardown(on_failure_fail_dagrun=True)
    @task(retries=1)
    def clear():
        pass

    first, last = make().operator, clear().operator
    assert (first.is_setup, first.is_teardown) == (True, False)
    assert (last.is_teardown, last.on_failure_fail_dagrun, last.retries) == (True, True, 1)
    assert last.trigger_rule == "all_done_setup_success"
    with pytest.raises(ValueError, match="its own trigger rule"):
        clear.override(trigger_rule="all_done")()


def test_a_group_function_is_no_setup():
    from couture_operators.decorators import task_group

    with pytest.raises(DagDefinitionError, match="a task group cannot be one"):
        setup(task_group(lambda: None))


def test_authors_make_decorators_of_their_own_operators(run, runtime):
    class Loud(DecoratedOperator, PythonOperator):
        passes_callable = True

        def execute(self, context):
            return super().execute(context).upper()

    def loud(function=None, **kwargs):
        return task_decorator_factory(function, decorated_operator_class=Loud, **kwargs)

    @loud
    def say():
        return "hi"

    run(say().operator)
    assert pushed(runtime) == '"HI"'


def test_a_skip_inside_the_function_skips_the_task(run):
    @task
    def work():
        raise AirflowSkipException("nothing to do")

    assert run(work().operator).state == "skipped"
