"""Users, roles, LDAP, audit logs and DAG files in Lab, by people with different roles."""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab_pages import accept, open_entry, pick_tab
from playwright.sync_api import Browser, Locator, Page, expect
from shots import shoot
from team import PASSWORD, Team

DAG = """
from couture_operators import DAG, BashOperator

with DAG("{name}", schedule=None) as dag:
    BashOperator(task_id="say", bash_command="echo {name}")
"""


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    team = Team(tmp_path_factory.mktemp("team") / "home").start(stop_grace_seconds=2)
    team.set_superadmin()
    for name in ("sales_daily", "finance_close"):
        (team.home / "dags" / f"{name}.py").write_text(DAG.format(name=name))
    yield team
    team.stop()


@pytest.fixture(scope="module")
def open_lab(team: Team, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Log somebody in through the form, and return a page with that person's Lab."""
    pages: dict[str, Page] = {}
    errors: list[str] = []

    def note(error: object) -> None:
        # Lab shows why a save failed, and throws it too
        if "Somebody changed" not in str(error):
            errors.append(str(error))

    def log_in(name: str) -> Page:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.on("pageerror", note)
        page.goto(team.url)
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_test_id("couture-dags").wait_for(state="attached", timeout=90_000)
        expect(page.get_by_role("menuitem", name="Workflow", exact=True)).to_be_visible()
        return page

    def open_it(name: str) -> Page:
        if name not in pages:
            pages[name] = log_in(name)
        return pages[name]

    yield open_it
    for page in pages.values():
        page.context.close()
    assert errors == []


def menu(page: Page) -> list[str]:
    """Return the submenus of the Workflow menu."""
    page.get_by_role("menuitem", name="Workflow", exact=True).click()
    items = page.locator(".lm-Menu .lm-Menu-itemLabel")
    expect(items.first).to_be_visible()
    found = [text for text in items.all_inner_texts() if text]
    page.keyboard.press("Escape")
    return found


def dags_of(page: Page) -> Locator:
    page.get_by_role("tab", name="Workflow: DAGs").click()
    panel = page.get_by_test_id("couture-dags")
    expect(panel).to_be_visible()
    return panel


def add_user(page: Page, name: str, role: str) -> None:
    """Add somebody who keeps the first password."""
    open_entry(page, "Security", "List Users")
    page.get_by_role("button", name="Add user").click()
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_label("User name").fill(name)
    dialog.get_by_label("First name").fill(name.capitalize())
    dialog.get_by_label("First password").fill(PASSWORD)
    dialog.get_by_label("Viewer").uncheck()
    dialog.get_by_label(role, exact=True).check()
    dialog.get_by_label("Must be changed at the first login").uncheck()
    accept(page)
    expect(page.locator(f'[data-user="{name}"]')).to_contain_text(role)


def test_who_has_a_role_for_sales_sees_nothing_else(open_lab: Callable[[str], Page]):
    page = open_lab("superadmin")
    open_entry(page, "Security", "List Roles")
    page.get_by_role("button", name="Add role").click()
    page.locator(".jp-Dialog").get_by_label("Name", exact=True).fill("Sales analysts")
    accept(page)
    expect(page.get_by_role("heading", name="Sales analysts")).to_be_visible()
    page.get_by_role("button", name="Add a DAG").click()
    page.locator(".jp-Dialog").get_by_label("DAG").fill("sales_*")
    accept(page)
    page.get_by_label("Run on sales_*").check()
    expect(page.get_by_label("See on sales_*")).to_be_checked()
    bar = page.locator(".couture-Unsaved")
    expect(bar).to_contain_text("People with this role gain See, Run on sales_*")
    shoot(page, "roles-light")
    bar.get_by_role("button", name="Save role").click()
    expect(bar).to_have_count(0)
    add_user(page, "sam", "Sales analysts")
    shoot(page, "users-light")

    other = open_lab("sam")
    panel = dags_of(other)
    expect(panel.locator("[data-dag]")).to_have_count(1, timeout=20_000)
    expect(panel.locator('[data-dag="sales_daily"]')).to_be_visible()
    assert menu(other) == ["DAGs", "Browse", "About", "Sam"]
    panel.locator('[data-dag="sales_daily"]').click()
    expect(other.get_by_role("button", name="Trigger", exact=True)).to_be_visible()
    shoot(other, "lab-of-a-sales-analyst")


def test_a_person_is_checked_against_a_role_before_it_is_saved(open_lab: Callable[[str], Page]):
    page = open_lab("superadmin")
    open_entry(page, "Security", "List Roles")
    page.get_by_role("button", name=re.compile("^Sales analysts")).click()
    check = page.get_by_role("complementary", name="Check a person")
    check.get_by_label("Person", exact=True).select_option("sam")
    check.get_by_label("DAG").select_option("sales_daily")
    expect(check.locator('[data-ability="run"]')).to_contain_text("Through Sales analysts")
    expect(check.locator('[data-ability="pause"]')).to_contain_text("Cannot pause")
    page.get_by_label("Pause on sales_*").check()
    expect(check.locator('[data-ability="pause"]')).to_contain_text("Can pause, after you save")
    check.get_by_label("DAG").select_option("finance_close")
    expect(check.locator('[data-ability="see"]')).to_contain_text("Cannot see")
    page.get_by_role("button", name="Discard").click()


def test_a_viewer_sees_no_trigger(open_lab: Callable[[str], Page]):
    add_user(open_lab("superadmin"), "vera", "Viewer")
    page = open_lab("vera")
    panel = dags_of(page)
    panel.locator('[data-dag="sales_daily"]').click()
    expect(page.get_by_role("heading", name="sales_daily")).to_be_visible()
    expect(page.get_by_role("button", name="Trigger", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Trigger "))).to_have_count(0)
    pick_tab(page, "Code")
    expect(page.get_by_role("button", name="Edit in Lab")).to_have_count(0)
    assert menu(page) == ["DAGs", "Browse", "About", "Vera"]


def test_the_ldap_page_shows_how_far_a_trial_came(open_lab: Callable[[str], Page]):
    page = open_lab("superadmin")
    open_entry(page, "Admin", "Ldap Configuration")
    page.get_by_label("AUTH_LDAP_SERVER").fill("ldap://127.0.0.1:1")
    page.get_by_label("AUTH_LDAP_SEARCH", exact=True).fill("nonsense")
    page.get_by_role("button", name="Save configuration").click()
    expect(page.locator('[data-option="AUTH_LDAP_SEARCH"]')).to_contain_text("This is no DN")
    page.get_by_label("AUTH_LDAP_SEARCH", exact=True).fill("ou=People,dc=acme,dc=io")
    expect(page.locator('[data-option="AUTH_LDAP_USE_TLS"]')).to_contain_text("Not encrypted")
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.get_by_role("complementary", name="Test")).to_contain_text("AUTH_LDAP_BIND_USER")
    page.get_by_label("AUTH_LDAP_APPEND_DOMAIN").fill("acme.io")
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator('[data-step="connect"]')).to_have_attribute("data-ok", "false")
    expect(page.locator('[data-step="search"]')).to_have_attribute("data-ok", "null")
    shoot(page, "ldap-light")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("AUTH_LDAP_SERVER")).to_have_value("")


def test_the_audit_log_is_filtered_opened_and_exported(
    open_lab: Callable[[str], Page], tmp_path: Path
):
    page = open_lab("superadmin")
    open_entry(page, "Browse", "Audit Logs")
    page.get_by_placeholder("Search users, events, DAGs").fill("create_account")
    rows = page.locator(".couture-Audit tr[aria-expanded]")
    expect(rows.first).to_contain_text("Added a user")
    expect(page.locator(".couture-Header-count").last).to_have_text(re.compile("^[1-9]$"))
    rows.filter(has_text="sam").first.click()
    expect(page.locator(".couture-AuditDetail")).to_contain_text("Sales analysts")
    shoot(page, "audit-light")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    path = tmp_path / "audit.csv"
    download.value.save_as(path)
    lines = list(csv.DictReader(path.open(newline="")))
    assert {line["event"] for line in lines} == {"create_account"}
    assert {line["user"] for line in lines} == {"superadmin"}
    assert PASSWORD not in path.read_text()


def test_a_dag_file_is_edited_in_lab_and_not_saved_over_anothers_change(
    open_lab: Callable[[str], Page], team: Team
):
    page = open_lab("superadmin")
    file = team.home / "dags" / "finance_close.py"
    open_entry(page, "Developer", "Manage DAGs")
    browser = page.get_by_role("region", name="DAG files")
    browser.get_by_text("finance_close.py").dblclick()
    editor = page.locator(".jp-FileEditor .cm-content")
    expect(editor).to_contain_text("finance_close")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("# mine")
    page.keyboard.press("Control+s")
    tab = page.locator(".lm-TabBar-tab", has_text="finance_close.py")
    expect(tab).not_to_have_class(re.compile("jp-mod-dirty"))
    assert file.read_text().endswith("# mine")
    file.write_text(DAG.format(name="finance_close") + "# of another\n")
    editor.click()
    page.keyboard.type(" again")
    page.keyboard.press("Control+s")
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Somebody changed finance_close.py since you opened it")
    shoot(page, "dag-file-conflict")
    dialog.get_by_role("button").last.click()
    assert file.read_text().endswith("# of another\n")


def test_names_that_are_html_stay_text(open_lab: Callable[[str], Page], team: Team):
    page = open_lab("superadmin")
    visitor = team.visitor()
    visitor.log_in("superadmin", PASSWORD)
    token = visitor.make_token()
    evil = "<img src=x onerror=top.fired=1>"
    body = {"name": "eve", "password": PASSWORD, "roles": [], "first_name": evil, "email": evil}
    assert team.call(token, "POST", "couture/accounts", body)[0] == 201
    role = {"name": evil, "description": evil, "ldap_groups": [f"cn={evil}"]}
    assert team.call(token, "POST", "couture/roles", role)[0] == 201
    open_entry(page, "Security", "List Users")
    expect(page.locator('[data-user="eve"]')).to_contain_text(evil)
    open_entry(page, "Browse", "Audit Logs")
    page.get_by_placeholder("Search users, events, DAGs").fill("create_role")
    page.locator(".couture-Audit tr[aria-expanded]").filter(has_text=evil).first.click()
    expect(page.locator(".couture-AuditDetail")).to_contain_text(evil)
    assert page.evaluate("window.fired") is None
