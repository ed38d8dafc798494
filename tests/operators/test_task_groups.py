import pytest

from couture_operators import DAG, EmptyOperator, chain, cross_downstream
from couture_operators.decorators import task_group
from couture_operators.edges import Label
from couture_operators.exceptions import (
    DagDefinitionError,
    DuplicateTaskIdFound,
)
from couture_operators.relations import chain_linear
from couture_operators.serialize import dag_to_dict
from couture_operators.taskgroup import TaskGroup


def empty(*names):
    made = [EmptyOperator(task_id=name) for name in names]
    return made if len(made) > 1 else made[0]


def upstream(dag):
    return {task.task_id: sorted(task._upstream_ids) for task in dag.tasks}


def test_ids_start_with_those_of_the_groups_around_unless_a_group_says_no():
    with DAG("d") as dag:
        with TaskGroup("a"), TaskGroup("b"):
            empty("x")
        with TaskGroup("plain", prefix_group_id=False):
            empty("y")
    assert dag.task_ids == ["a.b.x", "y"]
    assert [dag.get_task(name).label for name in dag.task_ids] == ["x", "y"]
    assert list(dag.task_group_dict) == ["a", "a.b", "plain"]


def test_what_runs_before_a_group_runs_before_its_first_tasks_and_after_its_last():
    with DAG("d") as dag:
        before, after = empty("before", "after")
        with TaskGroup("g") as group:
            a, b, c = empty("a", "b", "c")
            a >> b
        before >> group >> after
    assert upstream(dag)["g.a"] == upstream(dag)["g.c"] == ["before"]
    assert upstream(dag)["after"] == ["g.b", "g.c"]
    assert (a.upstream_task_ids, c.downstream_task_ids) == ({"before"}, {"after"})


def test_groups_can_follow_each_other_and_stand_in_chains():
    with DAG("d") as dag:
        with TaskGroup("one") as one:
            empty("a", "b")
        with TaskGroup("two") as two:
            empty("c")
        last = empty("last")
        chain(one, two, last)
    assert upstream(dag) == {
        "one.a": [], "one.b": [], "two.c": ["one.a", "one.b"], "last": ["two.c"],
    }  # fmt: skip


def test_the_teardown_of_a_group_is_none_of_its_ends():
    with DAG("d") as dag:
        with TaskGroup("g") as group:
            setup, work, clear = empty("setup", "work", "clear")
            setup >> work >> clear.as_teardown(setups=setup)
        after = empty("after")
        group >> after
    assert list(after._upstream_ids) == ["g.work"]
    assert [task.task_id for task in group.roots] == ["g.setup"]
    assert upstream(dag)["g.clear"] == ["g.setup", "g.work"]


def test_default_args_of_a_group_come_before_those_of_the_dag_and_go_to_groups_inside():
    dag = DAG("d", default_args={"retries": 1, "owner": "ann"})
    with TaskGroup("g", dag=dag, default_args={"retries": 2}):
        plain = empty("a")
        with TaskGroup("h", default_args={"owner": "bob"}):
            inner = empty("b")
            own = EmptyOperator(task_id="c", retries=5)
    assert (plain.retries, plain.owner) == (2, "ann")
    assert (inner.retries, inner.owner, own.retries) == (2, "bob", 5)


def test_an_id_stands_for_one_thing_only_unless_it_may_be_numbered():
    with DAG("d") as dag:
        empty("x")
        with pytest.raises(DuplicateTaskIdFound, match="'x' already"):
            TaskGroup("x")
        TaskGroup("g")
        with pytest.raises(DuplicateTaskIdFound):
            empty("g")
        for _ in range(2):
            TaskGroup("g", add_suffix_on_collision=True)
    assert list(dag.task_group_dict) == ["g", "g__1", "g__2"]


@pytest.mark.parametrize("name", ["a.b", "a b", "", None, 5])
def test_a_group_id_that_cannot_start_a_task_id_is_refused(name):
    with DAG("d"), pytest.raises(DagDefinitionError):
        TaskGroup(name)


def test_a_group_without_a_dag_is_refused():
    with pytest.raises(DagDefinitionError, match="belongs to no DAG"):
        TaskGroup("g")


def test_a_task_can_name_its_group():
    dag = DAG("d")
    group = TaskGroup("g", dag=dag)
    task = EmptyOperator(task_id="x", task_group=group)
    assert (task.task_id, task.dag) == ("g.x", dag)
    assert group.get_child_by_label("x") is task
    assert group.has_task(task) and list(group) == [task]


def test_a_decorated_function_makes_a_group_each_time_that_it_is_called():
    @task_group(tooltip="loads")
    def load(name):
        """Ignored, as there is a tooltip."""
        return empty(name)

    with DAG("d") as dag:
        first, second = load("a"), load("b")
        first >> second
        assert load.override(group_id="other")("c").task_id == "other.c"
    assert upstream(dag) == {"load.a": [], "load__1.b": ["load.a"], "other.c": []}
    assert dag.task_group_dict["load"].tooltip == "loads"


def test_a_group_function_that_returns_nothing_stands_for_all_its_tasks():
    @task_group
    def both():
        """Two of them."""
        empty("a", "b")

    with DAG("d") as dag:
        both() >> empty("last")
    assert upstream(dag)["last"] == ["both.a", "both.b"]
    assert dag.task_group_dict["both"].tooltip == "Two of them."


def test_groups_are_stored_in_the_order_in_which_they_were_made():
    with DAG("d") as dag, TaskGroup("a", tooltip="tip"):
        empty("x")
        with TaskGroup("b", prefix_group_id=False):
            empty("y")
    stored = dag_to_dict(dag)
    assert stored["task_groups"] == [
        {"group_id": "a", "parent": None, "label": "a", "tooltip": "tip",
         "prefix_group_id": True, "mapped": None},
        {"group_id": "a.b", "parent": "a", "label": "b", "tooltip": "",
         "prefix_group_id": False, "mapped": None},
    ]  # fmt: skip
    assert {t["task_id"]: (t["group"], t["label"]) for t in stored["tasks"]} == {
        "a.x": ("a", "x"),
        "y": ("a.b", "y"),
    }


def test_labels_stand_on_the_edges_in_both_directions():
    with DAG("d") as dag:
        a, b, c = empty("a", "b", "c")
        a >> Label("down") >> b
        c << Label("up") << [a, b]
    assert dag_to_dict(dag)["edge_labels"] == {"a": {"b": "down", "c": "up"}, "b": {"c": "up"}}
    assert upstream(dag) == {"a": [], "b": ["a"], "c": ["a", "b"]}
    assert dag.get_edge_info("a", "b") == {"label": "down"}


def test_labels_stand_on_edges_of_groups_and_in_chains():
    with DAG("d") as dag:
        a, b = empty("a", "b")
        with TaskGroup("g") as group:
            empty("x", "y")
        a >> Label("all") >> group
        chain(group, Label("end"), b)
    assert dag.edge_info["a"] == {"g.x": {"label": "all"}, "g.y": {"label": "all"}}
    assert dag.edge_info["g.x"] == {"b": {"label": "end"}}


def test_chain_linear_joins_all_of_a_step_with_all_of_the_next():
    with DAG("d") as dag:
        a, b, c, d = empty("a", "b", "c", "d")
        chain_linear(a, [], [b, c], d)
        with pytest.raises(DagDefinitionError, match="two steps"):
            chain_linear(a, [])
    assert upstream(dag) == {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}


def test_cross_downstream_takes_groups():
    with DAG("d") as dag:
        with TaskGroup("g") as group:
            empty("x", "y")
        cross_downstream(group, empty("a", "b"))
    assert upstream(dag)["a"] == upstream(dag)["b"] == ["g.x", "g.y"]


def test_an_edge_that_follows_from_a_group_may_be_stated_once_too():
    with DAG("d"):
        with TaskGroup("g") as group:
            a = empty("a")
        after = empty("after")
        group >> after
        a >> after
        group >> after
        assert group.dag._warnings == []
        a >> after
    assert len(group.dag._warnings) == 1


def test_part_of_a_dag_keeps_its_edges_groups_and_order():
    with DAG("d") as dag:
        a, b, c, d = empty("a", "b", "c", "d")
        a >> b >> c >> d
        with TaskGroup("g"):
            x = empty("x")
        c >> x
    part = dag.partial_subset(["c"], include_downstream=True, include_upstream=False)
    assert upstream(part) == {"c": [], "d": ["c"], "g.x": ["c"]}
    assert part.get_task("g.x").task_group is part.task_group_dict["g"]
    assert dag.task_ids == ["a", "b", "c", "d", "g.x"]
    assert dag.sub_dag("^[bc]$", include_upstream=False).task_ids == ["b", "c"]


def test_dependencies_can_be_stated_by_ids():
    with DAG("d") as dag:
        empty("a", "b")
        dag.set_dependency("a", "b")
    assert upstream(dag)["b"] == ["a"]
