"""superadmin's first login, through the real form."""

import psutil
import pytest
from sqlalchemy import select
from team import FIRST_PASSWORD, PASSWORD, Team, Visitor

from couture_scheduler.db.tables import audit

pytestmark = pytest.mark.processes

HUB_COOKIE = "jupyterhub-hub-login"


def test_start_says_where_the_product_is_and_how_to_log_in_first(new_team: Team):
    said = new_team.log.read_text()
    assert f"ready: {new_team.url}/" in said
    assert f"superadmin, password {FIRST_PASSWORD}" in said
    assert "Only this machine" in said


def test_the_first_password_is_refused_from_behind_an_unknown_proxy(new_team: Team):
    visitor = new_team.visitor()
    form = {"username": "superadmin", "password": FIRST_PASSWORD}
    form["_xsrf"] = visitor.xsrf("/hub/login")
    form_from_far = {"X-Forwarded-For": "203.0.113.9"}
    page = visitor.ask("/hub/login", headers=form_from_far).text
    form["_xsrf"] = page.split('name="_xsrf" value="')[1].split('"')[0]
    answer = visitor.ask("/hub/login", form, headers=form_from_far)
    assert answer.status == 403
    assert "on the machine itself only" in answer.says


def test_at_the_hubs_own_port_nobody_can_claim_another_address(new_team: Team):
    pid = new_team.pid_of("couture_hub")
    [port] = {
        one.laddr.port
        for one in psutil.Process(pid).net_connections("tcp")
        if one.status == psutil.CONN_LISTEN
    }
    claims = {"X-Forwarded-For": "203.0.113.77", "X-Real-Ip": "203.0.113.77"}
    for proof in ({}, {"X-Couture-Proxy": "guessed"}):
        visitor = Visitor(f"http://127.0.0.1:{port}")
        page = visitor.ask("/hub/login", headers=claims | proof).text
        form = {"username": "claimant", "password": "wrong"}
        form["_xsrf"] = page.split('name="_xsrf" value="')[1].split('"')[0]
        assert visitor.ask("/hub/login", form, headers=claims | proof).status == 403
    with new_team.workflow() as workflow, workflow.db.read() as tx:
        unknown = f"unknown name #{workflow.vault.mark('claimant')}"
        rows = tx.rows(select(audit).where(audit.c.user == unknown))
    assert [row.source_ip for row in rows] == ["127.0.0.1"] * 2


def test_a_wrong_password_is_refused_in_a_sentence(new_team: Team):
    visitor = new_team.visitor()
    answer = visitor.log_in("superadmin", "wrong")
    assert answer.status == 403
    assert answer.says == "The user name or the password is wrong."
    assert 'value="superadmin"' in answer.text
    assert visitor.cookie(HUB_COOKIE) is None


def test_the_first_password_opens_the_page_for_a_new_one_only(new_team: Team):
    visitor = new_team.visitor()
    answer = visitor.log_in("superadmin", FIRST_PASSWORD, "/hub/token")
    assert answer.status == 302
    assert answer.headers["Location"].startswith("/hub/change-password?")
    assert visitor.cookie(HUB_COOKIE) is None
    assert not visitor.is_logged_in()
    page = visitor.follow(answer)
    assert 'name="repeated_password"' in page.text
    assert "next=%2Fhub%2Ftoken" in page.text


@pytest.mark.parametrize(
    ("old", "new", "repeated", "says"),
    [
        ("wrong", PASSWORD, PASSWORD, "The user name or the password is wrong."),
        (FIRST_PASSWORD, PASSWORD, PASSWORD + "x", "The two new passwords are not the same."),
        (FIRST_PASSWORD, "short", "short", "at least 8"),
        (FIRST_PASSWORD, FIRST_PASSWORD, FIRST_PASSWORD, "the old one"),
    ],
)
def test_a_new_password_that_will_not_do_changes_nothing(
    new_team: Team, old: str, new: str, repeated: str, says: str
):
    visitor = new_team.visitor()
    answer = visitor.change_password("superadmin", old, new, repeated)
    assert answer.status == 403
    assert says in answer.says
    assert visitor.cookie(HUB_COOKIE) is None


def test_the_token_api_takes_no_password_that_must_be_changed(new_team: Team):
    body = f'{{"auth": {{"username": "superadmin", "password": "{FIRST_PASSWORD}"}}}}'
    answer = new_team.visitor().ask("/hub/api/users/superadmin/tokens", data=body.encode())
    assert answer.status in (403, 404)


def test_with_a_new_password_one_is_in_and_the_first_one_is_worth_nothing(new_team: Team):
    visitor = new_team.visitor()
    visitor.log_in("superadmin", FIRST_PASSWORD)
    answer = visitor.change_password("superadmin", FIRST_PASSWORD, PASSWORD)
    assert answer.status == 302
    assert visitor.is_logged_in()
    assert new_team.visitor().log_in("superadmin", FIRST_PASSWORD).status == 403
    again = new_team.visitor()
    assert again.log_in("superadmin", PASSWORD).status == 302
    assert again.is_logged_in()
