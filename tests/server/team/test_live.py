"""The live socket, at the service and through a user server: what may be seen now is pushed."""

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import pytest
from seeded import CHAIN, GOOD, SALES
from team_people import add_role, set_active, set_roles
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from couture_scheduler.default_roles import VIEWER_ACTIONS
from couture_scheduler.worker.running import log_path

VIAS = ("service", "user_server")


class Socket:
    def __init__(self, connection):
        self.connection = connection
        self.seen = []

    async def next(self, kind):
        """Return the next message of a type."""
        while True:
            text = await asyncio.wait_for(self.connection.read_message(), 10)
            assert text is not None, self.closed
            message = json.loads(text)
            self.seen.append(message)
            if message["type"] == kind:
                return message

    async def change(self, kind, dag_id):
        """Return the next change of a kind of a DAG."""
        while True:
            for one in (await self.next("changes"))["changes"]:
                if (one["kind"], one.get("dag_id")) == (kind, dag_id):
                    return one

    async def end(self):
        """Return code and reason of the end; messages before it are left out."""
        while await asyncio.wait_for(self.connection.read_message(), 10) is not None:
            pass
        return self.closed

    @property
    def closed(self):
        return self.connection.close_code, self.connection.close_reason

    async def send(self, **message):
        await self.connection.write_message(json.dumps(message))


@asynccontextmanager
async def opened(team, via, token="t-vera", headers=None, **more):
    address = getattr(team, via).replace("http:", "ws:") + "/api/couture/live"
    given = {"Authorization": f"token {token}"} if headers is None else headers
    connection = await websocket_connect(HTTPRequest(address, headers=given), **more)
    try:
        yield Socket(connection)
    finally:
        connection.close()


def run(steps):
    asyncio.run(steps())


@pytest.fixture
def pause(ask):
    async def pause(dag_id, is_paused, token="t-ada"):
        path = f"api/v2/dags/{dag_id}"
        answer = await asyncio.to_thread(ask, "PATCH", path, token, {"is_paused": is_paused})
        assert answer.status_code == 200

    return pause


@pytest.mark.parametrize("via", VIAS)
def test_changes_are_pushed(team, pause, via):
    async def steps():
        async with opened(team, via) as socket:
            await socket.next("hello")
            await pause(CHAIN, False)
            assert (await socket.change("dag", CHAIN))["event"] == "unpaused"

    run(steps)


@pytest.mark.parametrize("via", VIAS)
def test_what_is_asked_over_the_socket_is_answered(team, via):
    async def steps():
        async with opened(team, via) as socket:
            await socket.next("hello")
            target = {"dag_id": SALES, "run_id": GOOD, "task_id": "extract"}
            await socket.send(type="follow_log", id="a", **target)
            assert (await socket.next("log"))["end"] is True
            await socket.connection.write_message(b"\xff\xfe", binary=True)
            assert await socket.next("error")

    run(steps)


@pytest.mark.parametrize("via", VIAS)
def test_a_role_that_is_taken_away_holds_at_the_next_push(team, workflow, pause, via):
    add_role(workflow, "Chains", (f"{CHAIN}*", VIEWER_ACTIONS))

    async def steps():
        async with opened(team, via) as socket:
            await socket.next("hello")
            await asyncio.to_thread(set_roles, workflow, "vera", "Chains")
            before = len(socket.seen)
            await pause(SALES, True)
            await pause(CHAIN, False)
            await socket.change("dag", CHAIN)
            assert SALES not in json.dumps(socket.seen[before:])
            target = {"dag_id": SALES, "run_id": GOOD, "task_id": "extract"}
            await socket.send(type="follow_log", id="a", **target)
            assert (await socket.next("log"))["text"] == f"There is no DAG '{SALES}'.\n"
            await socket.send(type="follow_task", id="b", **target)
            assert (await socket.next("task"))["detail"] == f"There is no DAG '{SALES}'."

    run(steps)


@pytest.mark.parametrize("via", VIAS)
def test_the_socket_of_a_closed_account_is_closed(team, workflow, pause, via):
    async def steps():
        async with opened(team, via) as socket:
            await socket.next("hello")
            await asyncio.to_thread(set_active, workflow, "vera", False)
            await pause(CHAIN, False)
            assert await socket.end() == (1008, "The account is not active.")

    run(steps)


@pytest.mark.parametrize("via", VIAS)
def test_a_closed_account_opens_no_socket(team, workflow, via):
    set_active(workflow, "vera", False)

    async def steps():
        with pytest.raises(HTTPClientError) as refused:
            async with opened(team, via):
                pass
        assert refused.value.code == 403

    run(steps)


def test_the_socket_of_a_login_that_has_ended_is_closed(team, pause):
    team.hub_tokens.kept = 0

    async def steps():
        async with opened(team, "service") as socket:
            await socket.next("hello")
            del team.tokens["t-vera"]
            await pause(CHAIN, False)
            assert await socket.end() == (1008, "The login has ended. Log in again.")

    run(steps)


def test_while_the_hub_is_away_open_sockets_go_on(team, pause):
    team.hub_tokens.kept = 0

    async def steps():
        async with opened(team, "service") as socket:
            await socket.next("hello")
            team.hub_status = 502
            await asyncio.to_thread(team.do, team.extension.feed.flush)
            target = {"dag_id": SALES, "run_id": GOOD, "task_id": "extract"}
            await socket.send(type="follow_log", id="a", **target)
            assert (await socket.next("log"))["end"] is True

    run(steps)


@pytest.mark.parametrize("via", VIAS)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "token t-unknown"}])
def test_without_a_login_it_does_not_open(team, via, headers):
    async def steps():
        with pytest.raises(HTTPClientError) as refused:
            async with opened(team, via, headers=headers):
                pass
        assert refused.value.code == 403

    run(steps)


def test_a_page_opens_it_with_the_login_cookie_of_its_own_origin_only(team):
    cookies = team.cookies("t-vera")[0]
    own = f"http://{urlsplit(team.user_server).netloc}"

    async def steps():
        headers = {"Cookie": cookies, "Sec-Fetch-Mode": "websocket"}
        async with opened(team, "user_server", headers={**headers, "Origin": own}) as socket:
            await socket.next("hello")
        for origin in ("http://evil.example", "null", f"{own}.evil.example"):
            with pytest.raises(HTTPClientError) as refused:
                async with opened(team, "user_server", headers={**headers, "Origin": origin}):
                    pass
            assert refused.value.code == 403

    run(steps)


def test_when_the_service_ends_sockets_end_and_open_again_later(team):
    async def steps():
        async with opened(team, "user_server") as socket:
            await socket.next("hello")
            await asyncio.to_thread(team.end_service)
            assert (await socket.end())[0] == 1001
        with pytest.raises(HTTPClientError) as refused:
            async with opened(team, "user_server"):
                pass
        assert refused.value.code == 503
        await asyncio.to_thread(team.begin_service)
        async with opened(team, "user_server") as socket:
            await socket.next("hello")

    run(steps)


@pytest.mark.parametrize("via", VIAS)
def test_what_is_too_large_ends_the_socket(team, via):
    async def steps():
        async with opened(team, via) as socket:
            await socket.next("hello")
            await socket.connection.write_message("x" * 200_000)
            assert (await socket.end())[0] in (1009, 1001, 1006, None)

    run(steps)


def test_a_browser_that_leaves_is_left_by_the_service_too(team):
    async def steps():
        async with opened(team, "user_server") as socket:
            await socket.next("hello")
            assert len(team.extension.feed.sockets) == 1
            socket.connection.close(1000)
            await socket.end()
            for _ in range(200):
                if not team.extension.feed.sockets:
                    return
                await asyncio.sleep(0.02)
            raise AssertionError("The service keeps the socket.")

    run(steps)


def test_more_is_not_followed_by_one_person_than_is_bounded(team):
    async def steps():
        async with (
            opened(team, "service") as first,
            opened(team, "service") as second,
            opened(team, "service", "t-ada") as other,
        ):
            for one in (first, second, other):
                await one.next("hello")
            target = {"dag_id": SALES, "run_id": GOOD, "task_id": "extract"}
            for number in range(100):
                await first.send(type="follow_task", id=str(number), **target)
                await first.next("task")
            await second.send(type="follow_task", id="a", **target)
            assert "No more than 100" in (await second.next("error"))["detail"]
            await other.send(type="follow_task", id="a", **target)
            assert await other.next("task")

    run(steps)


def test_one_person_opens_no_more_sockets_than_is_bounded(team):
    async def steps():
        async with AsyncExitStack() as open_ones:
            for _ in range(40):
                one = await open_ones.enter_async_context(opened(team, "service"))
                await one.next("hello")
            async with opened(team, "service") as too_many:
                assert (await too_many.end())[0] == 1013
            async with opened(team, "service", "t-ada") as other:
                await other.next("hello")

    run(steps)


def test_who_takes_nothing_keeps_nothing_from_others(team, workflow, pause):
    log = log_path(workflow.settings.logs_path, SALES, GOOD, "extract", 1)
    log.write_text(("x" * 99 + "\n") * 100_000)

    async def steps():
        async with opened(team, "service") as slow, opened(team, "service", "t-ada") as other:
            await other.next("hello")
            target = {"dag_id": SALES, "run_id": GOOD, "task_id": "extract"}
            await slow.send(type="follow_log", id="a", **target)
            for _ in range(200):  # what is sent from now on is not taken
                if _is_stuck(team):
                    break
                await asyncio.sleep(0.02)
            for is_paused in (False, True):
                await pause(CHAIN, is_paused)
                assert await asyncio.wait_for(other.change("dag", CHAIN), 5)

    run(steps)


def _is_stuck(team):
    connections = (one.ws_connection.stream for one in team.extension.feed.sockets)
    return any(stream.writing() for stream in connections)
