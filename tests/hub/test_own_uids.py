"""As root: everybody's processes under uids of their own, as `couture start` starts them."""

import asyncio
import json
import shutil
import subprocess
import uuid

import psutil
import pytest
from deployment import is_alive, wait_until
from open_python import open_folder, open_python
from team import PASSWORD, Team, Visitor
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

pytestmark = pytest.mark.processes

SYSTEM, FIRST = 19998, 20000
QUICK = "c.CoutureAuthenticator.sweep_seconds = 0.5"


@pytest.fixture(scope="module")
def team():
    python = open_python()
    folder = open_folder()
    team = Team(folder / "home", python).configure_hub(QUICK).start(stop_grace_seconds=2)
    yield team
    team.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def people(team: Team) -> dict[str, Visitor]:
    """superadmin and marta, each in a Lab."""
    visitor = team.visitor()
    visitor.log_in("superadmin", "couture@123")
    assert visitor.change_password("superadmin", "couture@123", PASSWORD).status == 302
    body = {"name": "marta", "password": PASSWORD, "must_change_password": False}
    body["roles"] = ["Developer"]
    status, answer = team.call(visitor.make_token(), "POST", "couture/accounts", body)
    assert status == 201, answer
    marta = team.visitor()
    marta.log_in("marta", PASSWORD)
    for name, one in (("superadmin", visitor), ("marta", marta)):
        one.open_lab(name)
    return {"superadmin": visitor, "marta": marta}


def uids_of(team: Team, *words: str) -> tuple[int, int, int]:
    pid = team.pid_of(*words)
    assert pid is not None, words
    return tuple(psutil.Process(pid).uids())  # type: ignore[return-value]


def test_who_runs_what(team: Team, people: dict[str, Visitor]):
    assert uids_of(team, "couture_hub") == (0, 0, 0)
    assert uids_of(team, "couture_hub.proxy") == (0, 0, 0)
    assert uids_of(team, "couture_hub.service") == (SYSTEM, SYSTEM, SYSTEM)
    assert uids_of(team, "couture_scheduler.cli.main", "scheduler") == (SYSTEM, SYSTEM, SYSTEM)
    assert uids_of(team, "couture_scheduler.cli.main", "worker") == (0, 0, 0)
    for number, name in enumerate(people, start=1):
        server = team.server_of(name)
        assert tuple(server.uids()) == (FIRST + number,) * 3
        assert tuple(server.gids()) == (FIRST + number,) * 3
        home = team.home / "users" / name
        assert (home.stat().st_uid, home.stat().st_mode & 0o777) == (FIRST + number, 0o700)


def test_the_home_is_closed(team: Team, people: dict[str, Visitor]):
    assert team.home.stat().st_mode & 0o777 == 0o711
    assert team.home.stat().st_uid == SYSTEM
    for path in (team.home / "hub").rglob("*"):
        assert path.stat().st_uid == 0, path
    for path in (team.home / "hub", team.home / "secret.key", team.home / "couture.db"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_warning_is_for_those_without(team: Team):
    assert "one uid" not in team.log.read_text()


CODE = """
import json, os, socket
closed = {}
for path in PATHS:
    try:
        os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1)
        closed[path] = False
    except OSError as error:
        closed[path] = True
try:
    os.kill(HUB, 0)
    closed["kill"] = False
except OSError:
    closed["kill"] = True
print(json.dumps([os.getuid(), os.getgroups(), closed]))
"""


def test_a_notebook_reads_nothing_that_is_not_its_owners(team: Team, people: dict[str, Visitor]):
    hub, service = team.pid_of("-m", "couture_hub"), team.pid_of("couture_hub.service")
    other = team.server_of("superadmin").pid
    home = team.home
    paths = [home / name for name in ("couture.db", "secret.key", "hub", "run", "logs", "dags")]
    paths += [home / "hub" / name for name in ("jupyterhub.sqlite", "cookie_secret", "hub.log")]
    paths += [home / "hub" / name for name in ("service_token", "proxy_token", "routes.json")]
    paths += [home / "hub" / "logs" / "marta.log", home / "users" / "superadmin", home / "users"]
    paths += [f"/proc/{pid}/{file}" for pid in (hub, service, other) for file in ("environ", "mem")]
    code = f"PATHS = {[str(path) for path in paths]!r}\nHUB = {hub}\n{CODE}"
    uid, groups, closed = json.loads(asyncio.run(run_in_kernel(team, people["marta"], code)))
    assert uid == FIRST + 2
    assert groups in ([], [FIRST + 2])
    assert len(closed) == len(paths) + 1
    assert [path for path, is_closed in closed.items() if not is_closed] == []


async def run_in_kernel(team: Team, visitor: Visitor, code: str) -> str:
    """Run code in a kernel of marta's Lab, through Hub and proxy, and return what it prints."""
    base = "/user/marta/api/kernels"
    xsrf = next(
        one.value for one in visitor.cookies if (one.name, one.path) == ("_xsrf", "/user/marta/")
    )
    headers = {"X-XSRFToken": str(xsrf)}
    kernel = json.loads(visitor.ask(base, data=b"{}", headers=headers).body)["id"]
    cookie = "; ".join(
        f"{one.name}={one.value}" for one in visitor.cookies if "/user/marta/".startswith(one.path)
    )
    socket = await websocket_connect(
        HTTPRequest(
            f"ws://127.0.0.1:{team.port}{base}/{kernel}/channels", headers={"Cookie": cookie}
        )
    )
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "s"}
    header |= {"username": "marta", "version": "5.3", "date": "2026-11-23T12:00:00Z"}
    content = {"code": code, "silent": False, "allow_stdin": False}
    await socket.write_message(
        json.dumps(
            {"header": header, "parent_header": {}, "metadata": {}, "channel": "shell"}
            | {"content": content, "buffers": []}
        )
    )
    while True:
        message = await asyncio.wait_for(socket.read_message(), 60)
        said = json.loads(message or "")
        assert said["msg_type"] != "error", said["content"]
        if said["msg_type"] == "stream":
            return said["content"]["text"]


def test_a_home_of_an_earlier_account_of_that_name_is_put_aside(
    team: Team, people: dict[str, Visitor]
):
    token = people["superadmin"].make_token()
    body = {"name": "rosa", "password": PASSWORD, "must_change_password": False}
    for which in ("first", "second"):
        assert team.call(token, "POST", "couture/accounts", body)[0] == 201
        visitor = team.visitor()
        visitor.log_in("rosa", PASSWORD)
        visitor.open_lab("rosa")
        note = team.home / "users" / "rosa" / "note.txt"
        assert not note.exists(), f"the {which} rosa sees what is not hers"
        note.write_text("mine")
        server = team.server_of("rosa")
        assert team.call(token, "DELETE", "couture/accounts/rosa")[0] == 204
        wait_until(lambda server=server: not server.is_running(), 60, "the server is stopped")
    kept = list((team.home / "hub" / "former").iterdir())
    assert [(one / "note.txt").read_text() for one in kept] == ["mine"]


def test_dag_files_that_nobody_touches_are_left_alone(team: Team, people: dict[str, Visitor]):
    token = people["superadmin"].make_token()

    def beat() -> object:
        return team.call(token, "GET", "v2/monitor/health")[1]["scheduler"]

    def changed() -> list[int]:
        return [path.stat().st_ctime_ns for path in sorted((team.home / "dags").glob("*.py"))]

    before, found = beat(), changed()
    assert found
    wait_until(lambda: beat() != before, 20, "the scheduler shows a sign of life")
    assert changed() == found


THIEF = r"""
import os, socket, sys
from urllib.parse import urlsplit

place = urlsplit(sys.argv[1])
try:
    if place.scheme == "http":
        taken = socket.create_server((place.hostname, place.port))
    else:
        os.chdir(sys.argv[2])
        os.unlink(place.hostname)
        taken = socket.socket(socket.AF_UNIX)
        taken.bind(place.hostname)
        taken.listen()
except OSError as error:
    sys.exit(print(error.strerror))
print("taken", flush=True)
while True:
    visit, _ = taken.accept()
    visit.recv(65536)
    visit.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nthief")
    visit.close()
"""


def test_nobody_can_be_where_a_server_is_that_has_died(team: Team, people: dict[str, Visitor]):
    routes = json.loads((team.home / "hub" / "routes.json").read_text())
    address = routes["/user/superadmin"]["target"]
    server = team.server_of("superadmin")
    server.kill()
    wait_until(lambda: not is_alive(server.pid), 10, "the server is dead")
    marta = subprocess.Popen(
        [team.python, "-c", THIEF, address, team.home / "hub"],
        user=FIRST + 2,
        group=FIRST + 2,
        extra_groups=[],
        cwd="/",
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert marta.stdout is not None
        said = marta.stdout.readline()
        assert "thief" not in people["superadmin"].ask("/user/superadmin/lab").text
        assert said == "Permission denied\n"
    finally:
        marta.kill()
        marta.wait()


def test_a_server_listens_on_no_port(team: Team, people: dict[str, Visitor]):
    people["marta"].open_lab("marta")
    open_now = team.server_of("marta").net_connections("tcp")
    assert [one.laddr for one in open_now if one.status == psutil.CONN_LISTEN] == []
