import pytest

from couture_operators import DAG, EmptyOperator
from couture_operators.decorators import context_wrapper, setup, task, teardown
from couture_operators.exceptions import DagDefinitionError
from couture_operators.serialize import dag_to_dict
from couture_operators.setup_teardown import SetupTeardownContext


@pytest.fixture(autouse=True)
def in_a_dag():
    with DAG("d") as made:
        yield made


def empty(name):
    return EmptyOperator(task_id=name)


def upstream(dag):
    return {task.task_id: sorted(task._upstream_ids) for task in dag.tasks}


def test_a_teardown_of_setups_waits_for_them_and_has_its_own_trigger_rule(in_a_dag):
    first, second, clear = empty("first"), empty("second"), empty("clear")
    assert clear.as_teardown(setups=[first, second]) is clear
    assert clear.trigger_rule == "all_done_setup_success"
    assert (first.is_setup, second.is_setup, clear.is_teardown) == (True, True, True)
    assert upstream(in_a_dag)["clear"] == ["first", "second"]


def test_whether_a_failed_teardown_fails_the_run_is_stored(in_a_dag):
    empty("kind").as_teardown()
    empty("strict").as_teardown(on_failure_fail_dagrun=True)
    empty("make").as_setup()
    stored = {
        t["task_id"]: (t["is_setup"], t["is_teardown"], t["on_failure_fail_dagrun"])
        for t in dag_to_dict(in_a_dag)["tasks"]
    }
    assert stored == {
        "kind": (False, True, False),
        "strict": (False, True, True),
        "make": (True, False, False),
    }


def test_work_inside_a_teardowns_block_stands_between_setup_and_teardown(in_a_dag):
    with empty("clear").as_teardown(setups=empty("make")):
        empty("a") >> empty("b")
        empty("c")
    assert upstream(in_a_dag) == {
        "make": [], "clear": ["b", "c", "make"], "a": ["make"], "b": ["a"], "c": ["make"],
    }  # fmt: skip


def test_work_inside_a_setups_block_stands_before_its_teardown(in_a_dag):
    make, clear = empty("make").as_setup(), empty("clear").as_teardown()
    make >> clear
    with make:
        empty("work")
    assert upstream(in_a_dag) == {"make": [], "clear": ["make", "work"], "work": ["make"]}


def test_blocks_inside_blocks_put_setups_after_setups_and_teardowns_before_teardowns(in_a_dag):
    with empty("clear").as_teardown(setups=empty("make")):
        empty("outer")
        with empty("clear2").as_teardown(setups=empty("make2")):
            empty("inner")
    assert upstream(in_a_dag) == {
        "make": [],
        "clear": ["clear2", "make", "outer"],
        "outer": ["make"],
        "make2": ["make"],
        "clear2": ["inner", "make2"],
        "inner": ["make2"],
    }


def test_decorated_setups_and_teardowns_open_blocks_too(in_a_dag):
    @setup
    def make():
        return 1

    @teardown
    def clear(x):
        pass

    @task
    def work():
        pass

    made = make()
    with made >> clear(made):
        work()
    assert upstream(in_a_dag) == {"make": [], "clear": ["make", "work"], "work": ["make"]}


def test_several_setups_open_one_block(in_a_dag):
    a, b = empty("a").as_setup(), empty("b").as_setup()
    clear = empty("clear").as_teardown(setups=[a, b])
    with context_wrapper([a, b]):
        empty("work")
    assert upstream(in_a_dag)["work"] == ["a", "b"]
    assert upstream(in_a_dag)[clear.task_id] == ["a", "b", "work"]


def test_a_task_made_before_can_be_put_into_a_block(in_a_dag):
    work, other = empty("work"), empty("other")
    with empty("clear").as_teardown(setups=empty("make")) as scope:
        scope.add_task(work)
        SetupTeardownContext.add_task(other)
    assert upstream(in_a_dag)["work"] == upstream(in_a_dag)["other"] == ["make"]
    with pytest.raises(DagDefinitionError, match=r"inside `with setup:`"):
        SetupTeardownContext.add_task(work)


def test_only_setups_or_only_teardowns_open_a_block():
    with pytest.raises(DagDefinitionError, match="setups only or teardowns only"), empty("a"):
        pass
    mixed = [empty("b").as_setup(), empty("c").as_teardown()]
    with pytest.raises(DagDefinitionError, match="setups only"), context_wrapper(mixed):
        pass


def test_edges_that_a_block_makes_may_be_stated_too(in_a_dag):
    make, clear = empty("make"), empty("clear")
    with clear.as_teardown(setups=make):
        make >> empty("work") >> clear
    assert upstream(in_a_dag)["clear"] == ["make", "work"]
