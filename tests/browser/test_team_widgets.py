"""Widgets in a notebook of a person's own server behind a Hub: they act as that person."""

import pytest
from deployment import wait_until
from notebooks import run_all, save_notebook
from playwright.sync_api import Locator, Page, expect
from shots import shoot
from team import PASSWORD, Team

DAG_FILE = """
from datetime import datetime
from couture_operators import DAG, PythonOperator

with DAG("orders", schedule="0 2 * * *", start_date=datetime(2026, 11, 1), catchup=False,
         is_paused_upon_creation=False) as dag:
    PythonOperator(task_id="extract", python_callable=lambda: print("extracted"))
"""
CELLS = ("from couture_widgets import DagWidget\n\nDagWidget('orders')",)
ROLES = {"uma": "User", "vera": "Viewer"}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory):
    team = Team(tmp_path_factory.mktemp("team") / "home")
    team.configure_hub('c.CoutureSpawner.args.append("--LabApp.expose_app_in_browser=True")')
    (team.home / "dags").mkdir()
    (team.home / "dags" / "orders.py").write_text(DAG_FILE)
    team.start(stop_grace_seconds=2)
    team.set_superadmin()
    yield team
    team.stop()


@pytest.fixture(scope="module")
def admin(team: Team) -> str:
    """Return superadmin's token, once there are a User and a Viewer and the DAG is known."""
    visitor = team.visitor()
    visitor.log_in("superadmin", PASSWORD)
    token = visitor.make_token()
    for name, role in ROLES.items():
        body = {"name": name, "password": PASSWORD, "roles": [role], "must_change_password": False}
        assert team.call(token, "POST", "couture/accounts", body)[0] == 201
    wait_until(lambda: team.call(token, "GET", "v2/dags/orders")[0] == 200, 30, "the DAG is known")
    return token


def open_notebook(page: Page, team: Team, name: str) -> Locator:
    """Log in, run a notebook in the person's own server and return the widgets below its cells."""
    page.goto(team.url)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_test_id("couture-dags").wait_for(state="attached", timeout=90_000)
    save_notebook(team.home / "users" / name / "watch.ipynb", *CELLS)
    return run_all(page, "watch.ipynb")


def triggered(team: Team, admin: str) -> list[tuple[str, str]]:
    """Return who triggered what, by the audit log."""
    status, found = team.call(admin, "GET", "v2/eventLogs?event=trigger_dag_run")
    assert status == 200, found
    return [(row["owner"], row["dag_id"]) for row in found["event_logs"]]


def test_what_is_pressed_in_a_notebook_is_done_as_the_person_whose_server_it_is(
    page: Page, team: Team, admin: str
):
    widget = open_notebook(page, team, "uma")
    expect(widget).to_contain_text("Every day at 02:00", timeout=30_000)
    widget.get_by_role("button", name="Trigger", exact=True).click()
    wait_until(lambda: triggered(team, admin), 20, "the press is recorded")
    done = widget.locator('tr[data-task="extract"][data-state="success"]')
    expect(done).to_be_visible(timeout=30_000)
    assert triggered(team, admin) == [("uma", "orders")]
    shoot(page, "widget-of-a-user-server")


def test_a_viewers_notebook_shows_the_dag_and_offers_nothing_that_changes_it(
    page: Page, team: Team, admin: str
):
    widget = open_notebook(page, team, "vera")
    expect(widget).to_contain_text("Every day at 02:00", timeout=30_000)
    expect(widget.get_by_role("button", name="Refresh")).to_be_visible()
    expect(widget.get_by_role("button", name="Trigger")).to_have_count(0)
    expect(widget.locator(".couture-w-switch")).to_be_disabled()
