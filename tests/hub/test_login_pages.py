"""The pages of the Hub from outside: forms, cookies, redirects, and what they give away."""

import re
import urllib.parse

import pytest
from team import PASSWORD, Team

pytestmark = pytest.mark.processes

#: where a visitor must not be sent after the login
ELSEWHERE = [
    *("https://evil.example", "http://evil.example/hub/", "//evil.example", "///evil.example"),
    *(
        "////evil.example/x",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "http:evil.example",
    ),
    *("http:///evil.example", "https:/evil.example", "/\t/evil.example", "/\n/evil.example"),
    *(
        "\thttps://evil.example",
        " https://evil.example",
        "https:\\\\evil.example",
        "//evil.example\\@x",
    ),
    *("http://127.0.0.1@evil.example/", "//127.0.0.1@evil.example", "//evil.example#127.0.0.1"),
    *(
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "JaVaScRiPt:alert(1)",
        "ftp://evil.example",
    ),
    *("http://127.0.0.1.evil.example/", "http://127.0.0.1:1/", "//127.0.0.1:1/", "evil.example"),
    *(
        "%2f%2fevil.example",
        "/%09/evil.example",
        "//%65vil.example",
        "//evil%00.example",
        "?//evil.example",
    ),
]


@pytest.mark.parametrize("aim", ELSEWHERE)
def test_a_login_never_leads_to_another_site(team: Team, aim: str):
    visitor = team.visitor()
    answer = visitor.log_in("superadmin", PASSWORD, aim)
    assert answer.status == 302
    location = answer.headers["Location"]
    resolved = urllib.parse.urlsplit(
        urllib.parse.urljoin(team.url + "/hub/login", _as_browsers_read(location))
    )
    assert (resolved.scheme, resolved.netloc) == ("http", f"127.0.0.1:{team.port}"), location


def _as_browsers_read(url: str) -> str:
    return re.sub(r"[\t\n\r]", "", url).strip().replace("\\", "/")


def test_a_login_leads_to_where_the_visitor_wanted(team: Team):
    answer = team.visitor().log_in("superadmin", PASSWORD, "/hub/token?x=1")
    assert answer.headers["Location"] == "/hub/token?x=1"


def test_login_and_logout_have_the_browser_forget_what_servers_left_in_it(team: Team):
    visitor = team.visitor()
    for answer in (visitor.log_in("superadmin", PASSWORD), visitor.ask("/hub/logout")):
        assert answer.status == 302
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not visitor.is_logged_in()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/hub/login", {"username": "superadmin", "password": PASSWORD}),
        (
            "/hub/change-password",
            {"username": "superadmin", "old_password": PASSWORD, "new_password": "Another-1-x"}
            | {"repeated_password": "Another-1-x"},
        ),
        ("/hub/spawn", {}),
    ],
)
@pytest.mark.parametrize("token", [None, "", "forged", "other"])
def test_forms_without_their_token_do_nothing(team: Team, path: str, form: dict, token: str | None):
    visitor = team.visitor()
    if path == "/hub/spawn":
        visitor.log_in("superadmin", PASSWORD)
    before = visitor.cookie("jupyterhub-hub-login")
    given = team.visitor().xsrf("/hub/login")[:-4] + "AAAA" if token == "other" else token
    answer = visitor.ask(path, form if given is None else form | {"_xsrf": given})
    assert answer.status == 403
    assert visitor.cookie("jupyterhub-hub-login") == before
    assert team.visitor().log_in("superadmin", PASSWORD).status == 302


def test_a_form_that_was_refused_for_its_token_is_shown_again(team: Team):
    for path in ("/hub/login", "/hub/change-password"):
        answer = team.visitor().ask(path, {"username": "superadmin", "_xsrf": "forged"})
        assert answer.says
        assert 'type="password"' in answer.text


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(team: Team):
    visitor = team.visitor()
    page = visitor.ask("/hub/login")
    form = {"username": "superadmin", "password": PASSWORD, "_xsrf": visitor.xsrf("/hub/login")}
    answer = visitor.ask("/hub/login", form)
    cookies = [*(page.headers.get_all("Set-Cookie") or []), *answer.headers.get_all("Set-Cookie")]
    live = [cookie for cookie in cookies if "Max-Age=0" not in cookie and '=""' not in cookie]
    assert {cookie.split("=")[0] for cookie in live} >= {
        *("_xsrf", "jupyterhub-hub-login", "jupyterhub-session-id")
    }
    for cookie in live:
        assert "httponly" in cookie.lower(), cookie
        assert "samesite=lax" in cookie.lower(), cookie


@pytest.mark.parametrize("path", ["/hub/login", "/hub/change-password"])
def test_our_pages_need_no_script_and_allow_none(team: Team, path: str):
    answer = team.visitor().ask(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "<script" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_was_typed_is_shown_as_text(team: Team):
    evil = '"><img src=x onerror=alert(1)>'
    answer = team.visitor().log_in(evil, "x")
    assert answer.status == 403
    assert "<img" not in answer.text
    page = team.visitor().ask("/hub/change-password?username=" + urllib.parse.quote(evil))
    assert "<img" not in page.text


def test_who_fails_again_and_again_is_told_to_wait(team: Team):
    visitor = team.visitor()
    said = [visitor.log_in("somebody-else", f"wrong{number}").says for number in range(6)]
    assert said[0] == "The user name or the password is wrong."
    assert "Too many failed logins. Try again in" in said[-1]
    assert team.visitor().log_in("superadmin", PASSWORD).status == 302


@pytest.mark.parametrize("odd", ["", " ", "a" * 5000, "\0", "ä", "superadmin\0", "*", "a/../b"])
def test_odd_names_are_refused_in_a_sentence(team: Team, odd: str):
    answer = team.visitor().log_in(odd, "x")
    assert answer.status == 403
    assert answer.says


def test_nobody_is_an_administrator_of_the_hub(team: Team, admin: str):
    headers = {"Authorization": f"token {admin}"}
    me = team.visitor().ask("/hub/api/user", headers=headers).text
    assert '"admin": false' in me
    assert "access:services!service=workflow" in me
    for word in ("shares", "admin:", "access:servers!server=other"):
        assert word not in me, word
    for path in ("users", "services", "groups", "proxy", "info", "shutdown"):
        answer = team.visitor().ask(f"/hub/api/{path}", headers=headers)
        assert answer.status in (403, 404, 405), path


def test_a_personal_token_opens_the_api_and_nobody_else_does(team: Team, admin: str):
    status, me = team.call(admin, "GET", "couture/me")
    assert status == 200
    assert me["name"] == "superadmin"
    assert team.call("nonsense", "GET", "couture/me")[0] == 403
    assert team.visitor().ask("/services/workflow/api/couture/me").status in (401, 403)


@pytest.mark.parametrize("path", ["/api/configs/", "/api/dependencies/", "/api/dags/"])
def test_the_manuals_calls_reach_the_service_at_the_root(team: Team, path: str):
    answer = team.visitor().ask(path)
    assert answer.status in (401, 403)
    assert answer.headers["Content-Type"].startswith("application/json")


def test_idle_servers_are_looked_after(team: Team):
    assert team.pid_of("couture_hub.culler", "--timeout=14400")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/hub/nowhere", 404, "There is nothing here"),
        ("/hub/oauth_callback", 404, "There is nothing here"),
    ],
)
def test_errors_are_pages_of_ours(team: Team, path: str, status: int, words: str):
    answer = team.visitor().ask(path)
    assert answer.status == status
    assert words in answer.text
    assert "Couture Workflow" in answer.text
    assert "<script" not in answer.text
