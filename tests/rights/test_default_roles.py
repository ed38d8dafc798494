"""The six default roles hold exactly what the manual says, and patterns match alike everywhere."""

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, select
from world import World

from couture_scheduler.default_roles import ACTION_ROLES, MENU_ROLES, ROLES
from couture_scheduler.rights import Rights, matches, scope_of
from couture_scheduler.store.listing import visible

VIEWER = """menu_access can_index can_list can_show can_chart can_dag_stats can_dag_details
can_task_stats can_code can_log can_get_logs_with_metadata can_tries can_graph can_tree can_task
can_task_instances can_xcom can_gantt can_landing_times can_duration can_blocked can_rendered
can_pickle_info can_version"""
USER = """can_dagrun_clear can_run can_trigger can_add can_edit can_delete can_paused can_refresh
can_success muldelete set_failed set_running set_success clear can_clear"""
OP = "can_conf can_varimport"
DEVELOPER = "can_edit_code can_upload_artifact can_notebook"
MENUS = """Airflow;DagModelView;Browse;DAG Runs;DagRunModelView;Task Instances;
TaskInstanceModelView;SLA Misses;SlaMissModelView;Jobs;JobModelView;Logs;LogModelView;Docs;
Documentation;GitHub;About;Version;VersionView"""
OP_MENUS = """Admin;Configurations;ConfigurationView;Connections;ConnectionModelView;Pools;
PoolModelView;Variables;VariableModelView;XComs;XComModelView"""


def menus(text: str) -> set[str]:
    return set(text.replace("\n", "").split(";"))


@pytest.mark.parametrize(
    ("role", "actions", "count", "views"),
    [
        ("Viewer", VIEWER, 24, 19),
        ("User", f"{VIEWER} {USER}", 39, 19),
        ("Developer", f"{VIEWER} {USER} {DEVELOPER}", 42, 19),
        ("Op", f"{VIEWER} {USER} {OP}", 41, 30),
    ],
)
def test_a_default_role_holds_what_the_manual_says(role, actions, count, views):
    [held] = ROLES[role]
    assert held.actions == set(actions.split())
    assert len(held.actions) == count
    assert held.menus == menus(MENUS) | (menus(OP_MENUS) if role == "Op" else set())
    assert len(held.menus) == views
    assert held.dag is None


def test_admin_holds_everything_and_public_nothing():
    [held] = ROLES["Admin"]
    assert held.allows("can_edit", "RoleModelView")
    assert held.allows("anything", "at all", "any DAG")
    assert ROLES["Public"] == ()


def test_all_that_can_be_granted_is_named():
    assert len(ACTION_ROLES) == 24 + 15 + 2 + 3
    assert len(MENU_ROLES) == 19 + 11


PATTERNS = ["sales", "sales_*", "*_daily", "*", "s*s*", "a[b]*", "50%*", "a?c", "A*", "x/y*", "*.*"]
NAMES = ["sales", "SALES", "sales_a", "sales_", "x_daily", "sxs", "a[b]c", "ab", "50%x", "50x"]
NAMES += ["abc", "a?c", "Abc", "x/yz", "a.b", "sal", "_daily", ""]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_means_the_same_in_python_and_in_the_database(world: World, pattern):
    table = Table("names", MetaData(), Column("name", String))
    table.create(world.db.engine)
    with world.db.write() as tx:
        tx.execute(insert(table), [{"name": name} for name in NAMES])
        rows = tx.rows(select(table).where(*visible(table.c.name, (pattern,))))
    assert {row.name for row in rows} == {name for name in NAMES if matches(name, pattern)}


def test_a_scope_is_everything_only_if_some_right_is_not_limited():
    some = Rights(frozenset({"can_code"}), frozenset({"Airflow"}), "sales_*")
    every = Rights(frozenset({"can_code"}), frozenset({"Airflow"}))
    assert scope_of([some], "can_code", "Airflow") == ("sales_*",)
    assert scope_of([some, every], "can_code", "Airflow") is None
    assert scope_of([some], "can_log", "Airflow") == ()
