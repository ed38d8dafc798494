"""The run that a task has started in another DAG, shown to those who may see it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from couture_operators import DAG, DagOperator
from couture_operators.operators.trigger_dagrun import TriggerDagRunOperator
from couture_scheduler.default_roles import ROLES
from couture_scheduler.rights import Rights
from couture_scheduler.schemas.dag_views import GraphQuery
from couture_scheduler.services.dag_views import get_graph
from couture_scheduler.services.task_views import get_task_instance_view
from couture_scheduler.store import xcoms

START = datetime(2026, 11, 1, tzinfo=UTC)
MASTER_ONLY = tuple(Rights(one.actions, one.menus, "master") for one in ROLES["Viewer"])


@pytest.fixture
def master(sales):
    """A DAG that starts `sales`, one that is not there, and one that is named by a template."""
    with DAG("master", start_date=START, schedule=None, is_paused_upon_creation=False) as dag:
        DagOperator(task_id="start", run_dag_id="sales")
        DagOperator(task_id="lost", run_dag_id="nowhere")
        TriggerDagRunOperator(task_id="late", trigger_dag_id="{{ params.which }}")
    sales.save(dag, path="master.py")
    return sales.trigger("master", "m1")


def push(world, **values):
    row = world.ti("master", "m1", "start")
    of = {name: getattr(row, name) for name in ("run_pk", "dag_id", "task_id", "map_index")}
    with world.db.write() as tx:
        xcoms.put(tx, [{**of, "key": key, "value": value} for key, value in values.items()])


def view_of(call):
    return get_task_instance_view(call, dag_id="master", dag_run_id="m1", task_id="start")


def as_reader_of_master(call):
    return replace(call(), actor=replace(call().actor, rights=MASTER_ONLY))


def test_a_task_shows_the_run_that_it_started_with_counts(sales, call, master):
    sales.trigger("sales", "child")
    sales.step()
    sales.claim()
    push(sales, trigger_dag_id='"sales"', trigger_run_id='"child"')
    found = view_of(call()).child_run
    assert found is not None
    assert (found.dag_id, found.run_id, found.state) == ("sales", "child", "running")
    assert found.counts == {"running": 1, "none": 2}
    assert (found.start_date, found.end_date) == (sales.clock.now(), None)


def test_a_child_that_may_not_be_read_is_not_named(sales, call, master):
    sales.trigger("sales", "child")
    push(sales, trigger_dag_id='"sales"', trigger_run_id='"child"')
    asking = as_reader_of_master(call)
    assert view_of(asking).child_run is None
    graph = get_graph(asking, dag_id="master", query=GraphQuery())
    assert [node.triggers_dag for node in graph.nodes] == [None] * 3


@pytest.mark.parametrize(
    "pushed",
    [
        {},
        {"trigger_run_id": '"child"'},
        {"trigger_dag_id": '"sales"', "trigger_run_id": '"gone"'},
        {"trigger_dag_id": '["sales"]', "trigger_run_id": "7"},
    ],
)
def test_a_task_that_started_nothing_that_is_there_shows_no_child(sales, call, master, pushed):
    sales.trigger("sales", "child")
    push(sales, **pushed)
    assert view_of(call()).child_run is None


def test_the_graph_names_the_dags_that_can_be_zoomed_into(call, master):
    graph = get_graph(call(), dag_id="master", query=GraphQuery(run_id=master))
    assert {node.task_id: node.triggers_dag for node in graph.nodes} == {
        "start": "sales",
        "lost": None,
        "late": None,
    }
