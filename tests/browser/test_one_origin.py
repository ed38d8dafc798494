"""A page of one person's server is opened by another who is logged in."""

import pytest
from playwright.sync_api import Page, expect
from shots import shoot
from stealing_server import open_stealing_server
from team import PASSWORD, Team


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory):
    team = Team(tmp_path_factory.mktemp("team") / "home").start(stop_grace_seconds=2)
    team.set_superadmin()
    yield team
    team.stop()


@pytest.fixture(scope="module")
def admin(team: Team) -> str:
    """Return superadmin's token; eve's server is ready to steal another."""
    visitor = team.visitor()
    visitor.log_in("superadmin", PASSWORD)
    token = visitor.make_token()
    open_stealing_server(team, token)
    return token


def open_as(page: Page, team: Team, name: str, what: str = "steal") -> None:
    page.goto(f"{team.url}/hub/login?next=%2Fhub%2Fhome")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/hub/home")
    page.goto(f"{team.url}/user/eve/{what}")


def test_the_page_steals_where_it_is_shown(page: Page, team: Team, admin: str):
    """Otherwise the next test would show nothing."""
    open_as(page, team, "eve")
    page.get_by_text("Click").click()
    expect(page).to_have_title("stolen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_superadmin_is_told_whose_server_it_is_and_loses_nothing(
    page: Page, team: Team, admin: str, scheme: str
):
    page.emulate_media(color_scheme=scheme)
    open_as(page, team, "superadmin")
    expect(page.locator("body")).to_contain_text("somebody else's server")
    expect(page.get_by_text("Click")).to_have_count(0)
    shoot(page, f"somebody-elses-server-{scheme}")
    page.mouse.click(300, 300)
    assert page.context.pages == [page]


def test_a_server_leaves_no_service_worker_in_the_browser(page: Page, team: Team, admin: str):
    open_as(page, team, "eve", "install")
    expect(page).to_have_title("refused")


def test_who_logs_in_next_finds_nothing_that_eve_has_left(page: Page, team: Team, admin: str):
    open_as(page, team, "eve", "leave")
    expect(page).to_have_title("left")
    page.goto(f"{team.url}/hub/logout")
    open_as(page, team, "superadmin", "leave")
    expect(page.locator("body")).to_contain_text("somebody else's server")
    assert page.evaluate("localStorage.getItem('left')") is None
