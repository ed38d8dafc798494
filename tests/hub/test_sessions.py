"""When sessions, tokens and servers of a person end."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil
import pytest
from deployment import wait_until
from team import PASSWORD, Team, Visitor

pytestmark = pytest.mark.processes

AddPerson = Callable[..., str]
OTHER = "another-Passw0rd"


def come_in(team: Team, name: str, password: str = PASSWORD) -> Visitor:
    visitor = team.visitor()
    answer = visitor.log_in(name, password)
    assert answer.status == 302, answer.says
    return visitor


def change(team: Team, admin: str, name: str, **values: Any) -> None:
    status, answer = team.call(admin, "PATCH", f"couture/accounts/{name}", values)
    assert status == 200, answer


def token_works(team: Team, token: str) -> bool:
    headers = {"Authorization": f"token {token}"}
    return team.visitor().ask("/hub/api/user", headers=headers).status == 200


def test_deactivation_ends_session_token_and_server(team: Team, admin: str, add_person: AddPerson):
    name = add_person()
    visitor = come_in(team, name)
    visitor.open_lab(name)
    token = visitor.make_token()
    server = team.server_of(name)
    change(team, admin, name, is_active=False)
    assert team.call(token, "GET", "couture/me")[0] == 403
    wait_until(lambda: not visitor.is_logged_in(), 10, "the session is over")
    wait_until(lambda: not token_works(team, token), 10, "the token is dead")
    wait_until(lambda: not server.is_running(), 20, "the server is stopped")
    refused = team.visitor().log_in(name, PASSWORD)
    assert refused.status == 403
    assert "not active" in refused.says

    change(team, admin, name, is_active=True)
    assert not visitor.is_logged_in(), "the old cookie came back to life"
    assert not token_works(team, token)
    assert come_in(team, name).is_logged_in()
    assert not visitor.is_logged_in(), "the old cookie came back to life with the new login"


def test_a_new_password_from_an_admin_ends_old_sessions(
    team: Team, admin: str, add_person: AddPerson
):
    name = add_person()
    visitor = come_in(team, name)
    token = visitor.make_token()
    body = {"new_password": OTHER, "must_change_password": True}
    assert team.call(admin, "POST", f"couture/accounts/{name}/password", body)[0] == 204
    wait_until(lambda: not visitor.is_logged_in(), 10, "the session is over")
    assert not token_works(team, token)
    again = team.visitor()
    assert again.log_in(name, OTHER).headers["Location"].startswith("/hub/change-password")
    assert again.change_password(name, OTHER, PASSWORD).status == 302
    assert again.is_logged_in()
    assert not visitor.is_logged_in()


def test_ones_own_new_password_ends_ones_other_sessions(team: Team, add_person: AddPerson):
    name = add_person()
    one, other = come_in(team, name), come_in(team, name)
    assert one.change_password(name, PASSWORD, OTHER).status == 302
    assert one.is_logged_in()
    wait_until(lambda: not other.is_logged_in(), 10, "the other session is over")
    assert one.is_logged_in()


def test_an_account_made_again_inherits_nothing(team: Team, admin: str, add_person: AddPerson):
    name = add_person()
    visitor = come_in(team, name)
    token = visitor.make_token()
    assert team.call(admin, "DELETE", f"couture/accounts/{name}")[0] == 204
    body = {"name": name, "password": PASSWORD, "must_change_password": False}
    assert team.call(admin, "POST", "couture/accounts", body)[0] == 201
    wait_until(lambda: not token_works(team, token), 10, "the token is dead")
    assert not visitor.is_logged_in()
    assert come_in(team, name).is_logged_in()
    assert not visitor.is_logged_in()
    assert not token_works(team, token)


def test_who_must_change_the_password_cannot_go_round_it(team: Team, add_person: AddPerson):
    name = add_person(must_change=True)
    visitor = team.visitor()
    visitor.log_in(name, PASSWORD)
    for path in ("/hub/home", f"/hub/spawn/{name}", "/hub/token", f"/user/{name}/lab"):
        end = visitor.follow(visitor.ask(path))
        assert "/hub/login" in end.url, path


def test_logging_out_ends_the_lab_of_that_browser(team: Team, add_person: AddPerson):
    name = add_person()
    visitor = come_in(team, name)
    visitor.open_lab(name)
    visitor.ask("/hub/logout")
    assert not visitor.is_logged_in()


def test_nobody_opens_anothers_lab(team: Team, admin: str, add_person: AddPerson):
    owner, guest = add_person(), add_person("Admin")
    come_in(team, owner).open_lab(owner)
    visitor = come_in(team, guest)
    end = visitor.follow(visitor.ask(f"/user/{owner}/lab"))
    assert end.status == 403
    assert visitor.ask(f"/hub/spawn/{owner}").status in (403, 404)


def test_a_lab_acts_as_its_visitor_and_its_terminals_as_its_owner(
    team: Team, add_person: AddPerson
):
    name = add_person()
    visitor = come_in(team, name)
    visitor.open_lab(name)
    page = visitor.ask(f"/user/{name}/workflow/api/couture/me")
    assert page.status == 200
    assert f'"name":"{name}"' in page.text
    server = team.server_of(name)
    own = server.environ()["JUPYTERHUB_API_TOKEN"]
    status, me = team.call(own, "GET", "couture/me")
    assert (status, me["name"]) == (200, name)


def test_a_server_knows_neither_database_nor_secrets(team: Team, add_person: AddPerson):
    name = add_person()
    come_in(team, name).open_lab(name)
    server = team.server_of(name)
    environment = server.environ()
    known = {key for key in environment if key.startswith(("COUTURE_", "CONFIGPROXY_"))}
    assert known == {"COUTURE_SERVICE_URL", "COUTURE_LIFELINE", "COUTURE_SOCKET"}
    assert environment["HOME"] == str(team.home / "users" / name)
    told = str(environment) + str(server.cmdline())
    for process in server.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # some only answer a question
            told += str(process.environ()) + str(process.cmdline())
    for secret in ("proxy_token", "service_token"):
        assert (team.home / "hub" / secret).read_text().strip() not in told


def test_no_secret_is_in_a_command_line(team: Team):
    secrets = [
        (team.home / "hub" / name).read_text().strip()
        for name in ("proxy_token", "service_token", "cookie_secret")
    ]
    for process in team.processes():
        with suppress(psutil.NoSuchProcess):
            line = " ".join(process.cmdline())
            assert not any(secret in line for secret in secrets), line


def test_no_log_tells_a_token_that_somebody_put_into_an_address(team: Team, add_person: AddPerson):
    add_person("Viewer")
    for path in ("hub/api/users/x", "hub/api/oauth2/authorize", "services/workflow/x", "user/x/y"):
        team.visitor().ask(f"/{path}?client_id=x&token=s3cret-token")
    logs = [path.read_text() for path in (team.home / "hub").rglob("*.log")]
    assert any("/hub/api/users/x " in text for text in logs)
    assert not any("s3cret-token" in text for text in logs)


def test_a_new_home_holds_the_example_notebooks(team: Team, add_person: AddPerson):
    name = add_person()
    come_in(team, name).open_lab(name)
    home = team.home / "users" / name
    assert home.stat().st_mode & 0o777 == 0o700
    assert list((home / "notebooks").glob("*.ipynb"))
