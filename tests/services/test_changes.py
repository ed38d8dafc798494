"""What is pushed to somebody is what the lists would show."""

from dataclasses import replace

import pytest

from couture_scheduler.default_roles import ROLES, VIEWER_ACTIONS
from couture_scheduler.rights import MENUS_OF_DAGS, Rights, both
from couture_scheduler.schemas.live import DagChange, ImportErrorChange, RunChange
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.changes import shown_to

RUN = RunChange(dag_id="sales_daily", run_id="1", state="running", start_date=None, end_date=None)
DAG = DagChange(dag_id="sales_daily", event="paused")


def error(*dag_ids, account=None):
    return ImportErrorChange(filename="f.py", error=None, dag_ids=list(dag_ids), account=account)


def viewer(dag=None):
    return Actor("vera", None, tuple(replace(one, dag=dag) for one in ROLES["Viewer"]))


@pytest.mark.parametrize("change", [RUN, DAG])
def test_changes_of_a_dag_are_shown_to_who_may_list_them(change):
    assert shown_to(change, viewer()) == change
    assert shown_to(change, viewer("sales_*")) == change
    assert shown_to(change, viewer("hr_*")) is None
    assert shown_to(change, Actor("nora", None, ())) is None


def test_runs_are_not_shown_to_who_may_list_dags_only():
    rights = (
        Rights(VIEWER_ACTIONS, frozenset({"Airflow", "DagModelView"})),
        Rights(VIEWER_ACTIONS, MENUS_OF_DAGS, "hr_*"),
    )
    actor = Actor("vera", None, rights)
    assert shown_to(DAG, actor) == DAG
    assert shown_to(RUN, actor) is None


@pytest.mark.parametrize(
    ("change", "dag", "is_shown"),
    [
        (error("sales_daily"), None, True),
        (error(), None, True),
        (error("sales_daily", "hr_pay"), "sales_*", True),
        (error("hr_pay"), "sales_*", False),
        (error(), "sales_*", False),
        (error(account="vera"), "sales_*", True),
        (error(account="ada"), "sales_*", False),
        (error("sales_daily"), "nothing", False),
    ],
)
def test_a_broken_file_is_told_to_who_may_see_one_of_its_dags_or_saved_it(change, dag, is_shown):
    assert (shown_to(change, viewer(dag)) is not None) == is_shown


def test_whose_file_it_is_is_not_told():
    told = error("hr_pay", account="ada").model_dump(mode="json")
    assert told == {"kind": "import_error", "filename": "f.py", "error": None}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (None, None, None),
        (None, ("a*",), ("a*",)),
        (("a*",), None, ("a*",)),
        (("a*",), ("a*",), ("a*",)),
        (("a*",), (), ()),
        (("a*", "b"), ("*c",), (("a*", "*c"), ("b", "*c"))),
    ],
)
def test_what_is_in_both_scopes(one, other, expected):
    assert both(one, other) == expected
