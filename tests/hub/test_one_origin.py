"""All servers share one origin: a page of one must never run in another person's browser."""

import json
from pathlib import Path

import pytest
from proxied import Running, in_loop, running
from stealing_server import open_stealing_server
from team import PASSWORD, Team, Visitor
from tornado.httpclient import HTTPResponse
from tornado.websocket import websocket_connect

from couture_hub import owners
from couture_hub.own_server import own_path

PAGE = {"Accept": "text/html,*/*"}


def _cookies(name: str, session: str = "s1", token: str = "secret") -> dict[str, str]:
    mark = owners.mark_of(token, name, session)
    return {"Cookie": f"{owners.SESSION}=s1; {owners.COOKIE}={mark}"}


async def _ask(one: Running, headers: dict[str, str], path: str = "echo") -> HTTPResponse:
    one.proxy.add_route("/target", {"target": one.target_url, "user": "eve"})
    return await one.ask(f"/target/{path}", headers=headers)


@in_loop
async def test_the_owner_s_browser_is_shown_the_server(tmp_path: Path):
    async with running(tmp_path) as one:
        assert (await _ask(one, PAGE | _cookies("eve"))).code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        _cookies("superadmin"),
        _cookies("eve", session="s2"),
        _cookies("eve", token="guessed"),
        {"Cookie": f"{owners.COOKIE}={owners.mark_of('secret', 'eve', 's1')}"},
        {"Cookie": f"{owners.SESSION}=s2; {_cookies('eve')['Cookie']}"},
        {"Cookie": f"{_cookies('eve')['Cookie']}; {owners.SESSION}=s2"},
        {"Cookie": f"{owners.SESSION}=s1; {owners.COOKIE}="},
        {"Cookie": f"{owners.SESSION}=s1; {owners.COOKIE}=\xe9"},
        {"Authorization": "Basic ZXZlOmV2ZQ=="},
        {"Authorization": ""},
    ],
)
@in_loop
async def test_a_page_of_eve_s_server_is_shown_to_nobody_else(
    tmp_path: Path, headers: dict[str, str]
):
    async with running(tmp_path) as one:
        for path in ("echo", "echo?token=eve", "echo/%2e%2e/x"):
            page = await _ask(one, PAGE | headers, path)
            assert page.code == 302
            assert page.headers["Location"].startswith("/hub/own-server?next=%2Ftarget%2Fecho")
            assert page.headers["Cache-Control"] == "no-store"
            assert not page.headers.get_list("Set-Cookie")
        part = await _ask(one, headers)
        assert part.code == 403
        assert "another person's server" in json.loads(part.body)["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
@in_loop
async def test_nothing_is_sent_to_eve_s_server_either(tmp_path: Path, method: str):
    async with running(tmp_path) as one:
        one.proxy.add_route("/target", {"target": one.target_url, "user": "eve"})
        body = b"x" * 200_000 if method in ("POST", "PUT") else None
        answer = await one.ask(
            "/target/echo", method=method, body=body, headers=_cookies("superadmin")
        )
        assert answer.code == 403
        assert "X-Answer" not in answer.headers


@in_loop
async def test_a_server_of_which_nobody_knows_whose_it_is_is_shown_to_nobody(tmp_path: Path):
    async with running(tmp_path) as one:
        for data in ({}, {"user": None}, {"user": ""}):
            one.proxy.add_route("/user/eve", {"target": one.target_url} | data)
            for headers in (PAGE, _cookies(""), {"Authorization": "token abc"}):
                assert (await one.ask("/user/eve/x", headers=headers)).code in (302, 403)


@in_loop
async def test_a_server_installs_no_service_worker(tmp_path: Path):
    async with running(tmp_path) as one:
        worker = {"Service-Worker": "script"}
        assert (await _ask(one, _cookies("eve") | worker)).code == 403
        one.proxy.add_route("/target", {"target": one.target_url})
        assert (await one.ask("/target/echo", headers=worker)).code == 200


@in_loop
async def test_a_server_says_nothing_to_browsers_that_outlasts_the_login(tmp_path: Path):
    lasting = (
        "Service-Worker-Allowed=/",
        "Clear-Site-Data=*",
        "Strict-Transport-Security=max-age=9",
    )
    lasting += ("Alt-Svc=h3", "NEL=1", "Report-To=x", "Reporting-Endpoints=x")
    async with running(tmp_path) as one:
        sent = await _ask(one, _cookies("eve"), f"headers?{'&'.join(lasting)}&X-Other=1")
        assert sent.headers["X-Other"] == "1"
        for name, _, _ in (one.partition("=") for one in lasting):
            assert name not in sent.headers


@pytest.mark.parametrize(
    ("said", "passed_on"),
    [
        ("", "private"),
        ("Cache-Control=no-cache", "private, no-cache"),
        ("Cache-Control=Public,%20max-age=9,%20immutable,%20s-maxage=9", "private, max-age=9"),
        ("Cache-Control=public&Cache-Control=no-store", "private, no-store"),
    ],
)
@in_loop
async def test_what_a_browser_keeps_of_a_server_is_for_one_login(
    tmp_path: Path, said: str, passed_on: str
):
    async with running(tmp_path) as one:
        sent = await _ask(one, _cookies("eve"), f"headers?Vary=Accept&{said}")
        assert sent.headers.get_list("Cache-Control") == [passed_on]
        assert sent.headers.get_list("Vary") == ["Accept", "Cookie, Service-Worker"]


@in_loop
async def test_programs_come_in_with_a_token(tmp_path: Path):
    async with running(tmp_path) as one:
        for words in ("token abc", "Bearer abc", "bearer abc"):
            assert (await _ask(one, {"Authorization": words})).code == 200


@in_loop
async def test_sockets_are_left_to_the_server_behind(tmp_path: Path):
    async with running(tmp_path) as one:
        one.proxy.add_route("/target", {"target": one.target_url, "user": "eve"})
        socket = await websocket_connect(f"ws://127.0.0.1:{one.port}/target/socket?token=t")
        assert await socket.read_message()
        socket.close()


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/user/eve/lab?x=%2F", "/user/eve/lab?x=%2F"),
        ("/user/eve", "/user/eve/"),
        ("/user/%65ve/lab", "/user/eve/"),
        ("//user//eve/lab", "/user/eve/"),
        ("/user/evelyn/lab", None),
        ("/user/ada/lab?/user/eve/", None),
        ("//evil.example/user/eve/", None),
        ("https://evil.example/user/eve/", None),
        ("/user/", None),
        ("", None),
        ("/user/eve/../ada/lab", "/user/eve/"),
        ("/user/eve/%2E%2e/ada/lab?x=1", "/user/eve/"),
        ("/user/eve/./lab", "/user/eve/"),
        ("/user/eve/..\\ada/lab", "/user/eve/"),
        ("/user/eve/.ipynb_checkpoints/..x", "/user/eve/.ipynb_checkpoints/..x"),
        ("/user/eve/lab?path=../x", "/user/eve/lab?path=../x"),
        ("/user/eve/\r\nX: y", "/user/eve/"),
        ("/user/eve/%0d%0aX: y", "/user/eve/"),
        ("/user/eve/lab?\tx", "/user/eve/"),
        ("/user/ada/../eve/lab", None),
    ],
)
def test_only_addresses_of_the_own_server_are_gone_on_to(wanted: str, path: str | None):
    assert own_path(wanted, "/user/eve/") == path


def test_a_name_with_odd_letters_has_a_server_too():
    base = "/user/eve%40example.com/"
    assert own_path(base + "lab", base) == base + "lab"
    assert own_path("/user/eve@example.com/lab", base) == base


@pytest.fixture(scope="module")
def eve(team: Team, admin: str) -> Visitor:
    """Return the browser of eve, whose server answers everybody with a script."""
    return open_stealing_server(team, admin)


@pytest.mark.processes
def test_a_viewer_s_server_made_a_token_of_superadmin(team: Team, eve: Visitor):
    """Named after what it did before servers were shown to their owners only."""
    assert "<script>" in eve.ask("/user/eve/steal", headers=PAGE).text
    superadmin = team.visitor()
    superadmin.log_in("superadmin", PASSWORD)
    for path in ("/user/eve/steal", "//user/eve/steal", "/user/%65ve/steal", "/user%2Feve/steal"):
        page = superadmin.follow(superadmin.ask(team.url + path, headers=PAGE))
        assert page.status == 403
        assert "somebody else" in page.text
        assert "open(" not in page.text
    assert superadmin.is_logged_in()


@pytest.mark.processes
def test_what_eve_saw_in_a_browser_is_over_for_who_comes_next(team: Team, eve: Visitor):
    shared = team.visitor()
    shared.log_in("eve", PASSWORD)
    assert shared.ask("/user/eve/steal", headers=PAGE).status == 200
    shared.follow(shared.ask("/hub/logout"))
    assert shared.ask("/user/eve/steal", headers=PAGE).status == 302
    shared.log_in("superadmin", PASSWORD)
    assert shared.ask("/user/eve/steal", headers=PAGE).status == 302


@pytest.mark.processes
def test_a_browser_that_lost_its_mark_gets_it_again(team: Team, eve: Visitor):
    browser = team.visitor()
    browser.log_in("eve", PASSWORD)
    for cookie in list(browser.cookies):
        if cookie.name == owners.COOKIE:
            assert cookie.path == "/user/eve/"
            assert cookie.has_nonstandard_attr("HttpOnly")
            browser.cookies.clear(cookie.domain, cookie.path, cookie.name)
    answer = browser.follow(browser.ask("/user/eve/steal", headers=PAGE))
    assert answer.status == 200
    assert answer.url.endswith("/user/eve/steal")


@pytest.mark.processes
def test_without_a_login_the_way_to_a_server_leads_over_the_login_page(team: Team, eve: Visitor):
    visitor = team.visitor()
    answer = visitor.follow(visitor.ask("/user/eve/steal", headers=PAGE))
    assert "/hub/login?next=" in answer.url
    assert "steal" in answer.url
