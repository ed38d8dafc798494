"""Three people log in through the real form: superadmin, a Viewer, and somebody of the directory."""

import pytest
from playwright.sync_api import Locator, Page, expect
from shots import shoot
from slapd import PASSWORD as OPEN_SESAME
from slapd import start_slapd
from team import FIRST_PASSWORD, PASSWORD, Team

OWN = "an-own-Passw0rd"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory):
    team = Team(tmp_path_factory.mktemp("team") / "home").start(stop_grace_seconds=2)
    yield team
    team.stop()


@pytest.fixture(scope="module")
def admin(team: Team) -> str:
    """Return superadmin's token, once that person has logged in."""
    visitor = team.visitor()
    visitor.log_in("superadmin", OWN)
    return visitor.make_token()


def log_in(page: Page, team: Team, name: str, password: str) -> None:
    page.goto(team.url)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()


def see_lab(page: Page) -> None:
    panel = page.get_by_test_id("couture-dags")
    panel.wait_for(state="attached", timeout=90_000)
    expect(page.locator(".jp-LabSplash, #jupyterlab-splash")).to_have_count(0)


def open_panel(page: Page) -> Locator:
    """Open the list of DAGs by its tab at the side."""
    page.get_by_role("tab", name="Workflow: DAGs").click()
    panel = page.get_by_test_id("couture-dags")
    expect(panel.get_by_role("row").first).to_be_visible(timeout=30_000)
    return panel


def menu(page: Page, entry: str) -> Locator:
    """Open the Workflow menu, if it is not, and return one of its entries."""
    entries = page.locator(".lm-Menu .lm-Menu-itemLabel")
    if not entries.count():
        page.get_by_role("menuitem", name="Workflow", exact=True).click()
        expect(entries.first).to_be_visible()
    return entries.get_by_text(entry, exact=True)


def test_superadmin_chooses_a_password_and_then_has_a_lab(page: Page, team: Team):
    page.goto(team.url)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    shoot(page, "login-light")
    page.emulate_media(color_scheme="dark")
    shoot(page, "login-dark")
    page.emulate_media(color_scheme="light")
    log_in(page, team, "superadmin", "wrong")
    expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
    log_in(page, team, "superadmin", FIRST_PASSWORD)
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    shoot(page, "first-password")
    page.get_by_label("Present password").fill(FIRST_PASSWORD)
    page.get_by_label("New password", exact=True).fill(OWN)
    page.get_by_label("New password again").fill(OWN)
    page.get_by_role("button", name="Save and log in").click()
    see_lab(page)
    open_panel(page)
    expect(menu(page, "Security")).to_be_visible()
    shoot(page, "lab-of-superadmin")


def test_a_viewer_sees_dags_and_is_offered_nothing_that_changes_them(
    page: Page, team: Team, admin: str
):
    body = {"name": "vera", "password": PASSWORD, "roles": ["Viewer"]}
    body["must_change_password"] = False
    assert team.call(admin, "POST", "couture/accounts", body)[0] == 201
    log_in(page, team, "vera", PASSWORD)
    see_lab(page)
    panel = open_panel(page)
    expect(panel.get_by_role("button", name="Trigger")).to_have_count(0)
    expect(menu(page, "Browse")).to_be_visible()
    expect(menu(page, "Security")).to_have_count(0)
    shoot(page, "lab-of-a-viewer")


@pytest.fixture(scope="module")
def directory(team: Team, admin: str, tmp_path_factory: pytest.TempPathFactory):
    """Switch logins by a real directory on."""
    with start_slapd(tmp_path_factory.mktemp("slapd")) as slapd:
        values = slapd.values(AUTH_USER_REGISTRATION=True, AUTH_USER_REGISTRATION_ROLE="User")
        body = {"values": values}
        assert team.call(admin, "PATCH", "couture/ldap/configuration", body)[0] == 200
        yield slapd


def test_superadmin_tries_what_somebody_of_the_directory_would_get(
    page: Page, team: Team, directory: object
):
    log_in(page, team, "superadmin", OWN)
    see_lab(page)
    open_panel(page)
    menu(page, "Admin").click()
    menu(page, "Ldap Configuration").click()
    trial = page.get_by_role("complementary", name="Test")
    trial.get_by_label("User name").fill("alice")
    trial.get_by_label("Password").fill(OPEN_SESAME)
    trial.get_by_role("button", name="Test").click()
    for step in ("connect", "bind", "search", "attributes", "groups", "login", "roles"):
        done = trial.locator(f'[data-step="{step}"]')
        expect(done).to_have_attribute("data-ok", "true", timeout=15_000)
    expect(trial).to_contain_text("alice@example.com")
    shoot(page, "ldap-trial")


def test_somebody_of_the_directory_logs_in(page: Page, team: Team, directory: object):
    log_in(page, team, "alice", OPEN_SESAME)
    see_lab(page)
    open_panel(page)
    expect(menu(page, "Alice Ardent")).to_be_visible()
    shoot(page, "lab-of-somebody-of-the-directory")
