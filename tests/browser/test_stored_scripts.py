"""Scripts that somebody stored in every text that people can write never run in anybody's browser."""

import json

import pytest
from deployment import wait_until
from notebooks import run_all, save_notebook
from playwright.sync_api import Frame, Locator, Page, expect
from team import PASSWORD, Team

PAYLOAD = (
    "<img src=x onerror=\"window.top.fired='img'\">"
    "<svg onload=\"window.top.fired='svg'\">"
    "<script>window.top.fired='script'</script>"
    "\"'><iframe srcdoc=\"<script>top.fired='frame'</script>\"></iframe>"
    "<a href=\"javascript:top.fired='link'\" autofocus onfocus=\"top.fired='focus'\">a</a>"
    "<details open ontoggle=\"top.fired='toggle'\">{{7*7}}${7*7}"
)
NAME = "<img src=x onerror=\"top.fired='name'\">"

DAG_FILE = f"""
from datetime import datetime
from couture_operators import DAG, CoutureJupyterOperator, Param, PythonOperator

EVIL = {PAYLOAD!r}


def fail():
    print(EVIL)
    raise ValueError(EVIL)


with DAG("evil", schedule=None, start_date=datetime(2026, 11, 1), description=EVIL, tags=[EVIL[:90]],
         params={{EVIL[:60]: EVIL, "one": Param(EVIL, enum=[EVIL, EVIL[60:]], description=EVIL)}},
         is_paused_upon_creation=False) as dag:
    PythonOperator(task_id="push", python_callable=lambda: {{EVIL: EVIL}}, owner=EVIL[:200])
    PythonOperator(task_id="fail", python_callable=fail, retries=0)
    CoutureJupyterOperator(task_id="notebook", input_nb="evil.ipynb", output_nb="evil_out")
"""


def notebook() -> str:
    markdown = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": PAYLOAD}
    code = {
        "cell_type": "code",
        "id": "b",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": "from IPython.display import HTML, Javascript, SVG, display\n"
        f"evil = {PAYLOAD!r}\nprint(evil)\ndisplay(HTML(evil))\n"
        "display(Javascript(\"window.top.fired='javascript'\"))\n"
        "display({'text/markdown': evil}, raw=True)\ndisplay({'image/svg+xml': '<svg "
        'xmlns="http://www.w3.org/2000/svg"><script>top.fired=1</script></svg>\'}, raw=True)\n'
        "raise ValueError(evil)",
    }
    kernel = {"name": "python3", "display_name": NAME, "language": "python"}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}}
    return json.dumps({**whole, "cells": [markdown, code]})


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory):
    team = Team(tmp_path_factory.mktemp("team") / "home")
    team.configure_hub('c.CoutureSpawner.args.append("--LabApp.expose_app_in_browser=True")')
    (team.home / "notebooks").mkdir()
    (team.home / "notebooks" / "evil.ipynb").write_text(notebook())
    (team.home / "dags").mkdir()
    (team.home / "dags" / "evil.py").write_text(DAG_FILE)
    (team.home / "dags" / f"{NAME}.py").write_text(
        f"import couture_operators  # dag\nraise ValueError({PAYLOAD!r})\n"
    )
    team.start(stop_grace_seconds=2)
    team.set_superadmin()
    yield team
    team.stop()


@pytest.fixture(scope="module")
def stored(team: Team) -> Team:
    """Put the scripts wherever somebody can write a text."""
    visitor = team.visitor()
    assert visitor.log_in(PAYLOAD[:240], "wrong").status == 403
    visitor.log_in("superadmin", PASSWORD)
    token = visitor.make_token()

    def call(method: str, path: str, **body: object) -> dict:
        status, answer = team.call(token, method, path, body or None)
        assert status in (200, 201), answer
        return answer

    account = {"first_name": NAME, "last_name": NAME, "email": NAME, "password": PASSWORD}
    call("POST", "couture/accounts", name="mallory", roles=["Viewer"], **account)
    grant = {"dag": NAME, "actions": ["can_list"], "menus": ["Airflow"]}
    role = {"name": NAME, "description": PAYLOAD, "grants": [grant]}
    call("POST", "couture/roles", **role, ldap_groups=[f"cn={NAME},dc=x"])
    call("PATCH", "couture/ldap/configuration", values={"AUTH_LDAP_SEARCH": f"ou={NAME},dc=x"})
    wait_until(lambda: team.call(token, "GET", "v2/dags/evil")[0] == 200, 30, "the DAG is known")
    run = call("POST", "v2/dags/evil/dagRuns", conf={NAME: PAYLOAD}, note=PAYLOAD)
    path = f"v2/dags/evil/dagRuns/{run['dag_run_id']}"
    wait_until(lambda: call("GET", path)["state"] == "failed", 60, "the run is over")
    call("PATCH", f"{path}/taskInstances/fail", note=PAYLOAD)
    return team


@pytest.fixture
def lab(page: Page, stored: Team):
    """Log in as superadmin; at the end nothing must have run, in no frame."""
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    page.goto(f"{stored.url}/hub/login?next=%22%3E%3Cscript%3Etop.fired%3D1%3C/script%3E")
    page.get_by_label("User name").fill("superadmin")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{stored.url}/user/superadmin/lab?workflow=dag/evil")
    page.get_by_test_id("couture-dags").wait_for(state="attached", timeout=90_000)
    # Lab has restored what was open, and then opened what the link names, in front of all
    page.wait_for_url(lambda url: "workflow=" not in url, timeout=30_000)
    yield page
    assert [fired(frame) for frame in page.frames] == [None] * len(page.frames)


def fired(frame: Frame) -> str | None:
    return frame.evaluate("() => window.fired || null")


def choose(page: Page, submenu: str, entry: str) -> Locator:
    """Choose an entry of the Workflow menu."""
    page.get_by_role("menuitem", name="Workflow", exact=True).click()
    entries = page.locator(".lm-Menu .lm-Menu-itemLabel")
    for text in (submenu, entry):
        entries.get_by_text(text).first.click()
    return page.locator(".lm-DockPanel-widget:not(.lm-mod-hidden)").last


def test_texts_of_a_dag_its_run_and_its_tasks(lab: Page):
    expect(lab.get_by_role("tab", name="Graph", exact=True)).to_be_visible(timeout=30_000)
    for tab in ("Code", "Details", "Graph"):
        lab.get_by_role("tab", name=tab, exact=True).click()
        expect(lab.get_by_role("tabpanel", name=tab, exact=True)).to_be_visible()
    for task in ("push", "fail", "notebook"):
        lab.get_by_role("button", name=f"{task}, ").first.click()
        for tab in ("Log", "Notebook", "XCom", "Tries", "Why"):
            found = lab.get_by_role("tab", name=tab, exact=True)
            if found.count() and found.is_enabled():
                found.click()
                expect(lab.get_by_role("tabpanel", name=tab, exact=True)).to_be_visible()
                lab.wait_for_load_state("networkidle")
                assert fired(lab.main_frame) is None, (task, tab)


def test_texts_of_people_roles_settings_and_the_audit_log(lab: Page):
    for submenu, entry, text in (
        ("Security", "List Users", "mallory"),
        ("Security", "List Roles", NAME),
        ("Admin", "Ldap Configuration", "AUTH_LDAP_SEARCH"),
        ("Browse", "Audit Logs", "superadmin"),
    ):
        shown = choose(lab, submenu, entry)
        expect(shown).to_contain_text(text, timeout=20_000)
        rows = shown.get_by_text(NAME).locator("visible=true")
        if rows.count():
            rows.first.click()
        assert fired(lab.main_frame) is None, entry


def test_names_of_dag_files(lab: Page):
    choose(lab, "Developer", "Manage DAGs")
    listed = lab.locator(".jp-DirListing-item").filter(has_text=f"{NAME}.py")
    expect(listed.locator("visible=true").first).to_be_visible(timeout=20_000)


def test_texts_in_widgets_of_a_notebook(lab: Page, stored: Team):
    watch = stored.home / "users" / "superadmin" / "watch.ipynb"
    shown = ("DagWidget('evil')", "RunWidget('evil')", "DagList()")
    save_notebook(watch, *(f"from couture_widgets import *\n{one}" for one in shown))
    expect(lab.get_by_role("tab", name="Graph", exact=True)).to_be_visible(timeout=30_000)
    widgets = run_all(lab, "watch.ipynb")
    dag, run, listed = widgets.nth(0), widgets.nth(1), widgets.nth(2)
    expect(dag).to_contain_text(PAYLOAD[:40], timeout=30_000)
    expect(run).to_contain_text("ValueError", timeout=30_000)
    expect(listed).to_contain_text("evil")
    dag.get_by_role("button", name="Trigger", exact=True).click()
    choices = dag.get_by_role("combobox")
    expect(choices.locator("option")).to_have_text([PAYLOAD, PAYLOAD[60:]])
    choices.select_option(PAYLOAD[60:])
    run.get_by_role("combobox").select_option("Log of push")
    run.get_by_role("button", name="Clear failed and run again").click()
    expect(run.get_by_role("button", name="Clear 2 tasks")).to_be_visible()
    lab.wait_for_load_state("networkidle")
    assert fired(lab.main_frame) is None


def test_a_page_that_took_such_a_text_for_markup_would_be_noticed(page: Page):
    page.set_content(PAYLOAD)
    page.wait_for_function("() => window.fired")
    assert fired(page.main_frame)
