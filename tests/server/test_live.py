"""The WebSocket pushes changes as they happen, and logs as they grow."""

import asyncio
import json
from urllib.parse import urlsplit

import pytest
from seeded import GOOD, LOG, SALES, TOKEN
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from couture_scheduler.ipc import Ringer
from couture_scheduler.store import dags
from couture_scheduler.store.transition import record
from couture_scheduler.worker.running import log_path


def url(server: str) -> str:
    return f"ws://{urlsplit(server).netloc}/workflow/api/couture/live"


class Socket:
    def __init__(self, connection):
        self.connection = connection

    async def next(self, kind: str, fits=lambda _: True):
        """Return the next message of a type that fits."""
        while True:
            text = await asyncio.wait_for(self.connection.read_message(), 10)
            assert text is not None, "the server closed the socket"
            message = json.loads(text)
            if message["type"] == kind and fits(message):
                return message

    async def change(self, **wanted):
        def fits(message):
            return any(wanted.items() <= change.items() for change in message["changes"])

        message = await self.next("changes", fits)
        return next(one for one in message["changes"] if wanted.items() <= one.items())

    async def send(self, **message):
        await self.connection.write_message(json.dumps(message))


def watch(server, steps):
    """Run `steps(socket)` on an open socket."""

    async def run():
        request = HTTPRequest(url(server), headers={"Authorization": f"token {TOKEN}"})
        connection = await websocket_connect(request)
        try:
            await steps(Socket(connection))
        finally:
            connection.close()

    asyncio.run(run())


@pytest.fixture
def ring(deployment):
    """Tells the server that something changed, as the scheduler and the agent do."""
    ringer = Ringer(deployment.settings.bells_path)
    yield lambda: ringer.ring("live")
    ringer.close()


def test_changes_are_pushed_as_they_happen(server, http):
    async def steps(socket: Socket):
        assert (await socket.next("hello"))["last_id"] > 0
        await asyncio.to_thread(http, "PATCH", "api/v2/dags/chain", {"is_paused": False})
        assert (await socket.change(kind="dag", dag_id="chain"))["event"] == "unpaused"
        await asyncio.to_thread(
            http, "POST", "api/v2/dags/sales/dagRuns", {"dag_run_id": "watched"}
        )
        change = await socket.change(kind="dag_run", run_id="watched")
        assert (change["state"], change["start_date"]) == ("queued", None)
        path = "api/v2/dags/sales/dagRuns/watched"
        await asyncio.to_thread(http, "PATCH", path, {"state": "success"})
        task = await socket.change(kind="task_instance", run_id="watched", task_id="load")
        assert task["state"] == "success"
        assert "Run marked success" in task["reason"]

    watch(server, steps)


def test_the_status_comes_once_and_again_when_it_changes(server, http):
    async def steps(socket: Socket):
        await socket.next("hello")
        await asyncio.to_thread(http, "PATCH", "api/v2/dags/chain", {"is_paused": True})
        status = await socket.change(kind="status")
        expected = http.get("api/couture/status")
        assert {name: status[name] for name in expected} == expected

    watch(server, steps)


def test_the_row_of_a_dag_follows_its_changes(server, http):
    async def steps(socket: Socket):
        await socket.next("hello")
        await asyncio.to_thread(http, "PATCH", "api/v2/dags/chain", {"is_paused": False})
        change = await socket.change(kind="dag_row", dag_id="chain")
        listed = http.get("api/couture/dags")["dags"]
        assert change["row"] == next(one for one in listed if one["dag_id"] == "chain")
        assert change["row"]["is_paused"] is False

    watch(server, steps)


def test_an_import_error_is_pushed_whole_and_its_end_too(server, deployment, ring):
    def set_error(error):
        with deployment.db.write() as tx:
            dags.set_import_error(tx, "broken.py", error)
            record(tx, "import_error", "broken.py", "set" if error else "gone", "parser")
        ring()

    async def steps(socket: Socket):
        await socket.next("hello")
        set_error({"message": "bad syntax", "line": 3, "stack_trace": "Traceback"})
        change = await socket.change(kind="import_error", filename="broken.py")
        assert (change["error"]["message"], change["error"]["line"]) == ("bad syntax", 3)
        set_error(None)
        change = await socket.change(kind="import_error", filename="broken.py")
        assert change["error"] is None

    watch(server, steps)


def test_a_followed_task_is_pushed_at_once_and_whenever_it_changes(server, http, deployment, ring):
    run = deployment.trigger(SALES)
    path = f"api/couture/dags/{SALES}/dagRuns/{run}/taskInstances/extract"

    async def steps(socket: Socket):
        await socket.next("hello")
        target = {"dag_id": SALES, "run_id": run, "task_id": "extract"}
        await socket.send(type="follow_task", id="a", **target)
        first = await socket.next("task")
        assert first == {"type": "task", "id": "a", "task": http.get(path), "detail": None}
        deployment.step()
        deployment.claim()
        ring()
        running = await socket.next("task", lambda one: one["task"]["state"] == "running")
        assert running["task"]["hostname"]

    watch(server, steps)


def test_a_followed_task_that_does_not_exist_is_a_sentence(server):
    async def steps(socket: Socket):
        await socket.next("hello")
        await socket.send(type="follow_task", id="a", dag_id="x", run_id="y", task_id="z")
        message = await socket.next("task")
        assert (message["task"], message["detail"]) == (None, "There is no DAG 'x'.")

    watch(server, steps)


def test_a_log_is_pushed_to_its_end(server):
    async def steps(socket: Socket):
        await socket.next("hello")
        target = {"dag_id": SALES, "run_id": GOOD, "task_id": "extract", "try_number": 1}
        await socket.send(type="follow_log", id="a", **target)
        message = await socket.next("log")
        assert message == {"type": "log", "id": "a", "offset": 0, "text": LOG, "end": True}
        await socket.send(type="follow_log", id="b", offset=len(LOG.encode()) - 9, **target)
        assert (await socket.next("log"))["text"] == LOG.encode()[-9:].decode()

    watch(server, steps)


def test_a_log_grows_while_its_try_runs(server, deployment):
    run = deployment.trigger(SALES)
    deployment.step()
    [row] = [one for one in deployment.claim() if one.run_id == run]
    path = log_path(deployment.settings.logs_path, SALES, run, "extract", 1)
    path.parent.mkdir(parents=True)
    path.write_text("first\n")

    async def steps(socket: Socket):
        await socket.next("hello")
        await socket.send(
            type="follow_log", id="a", dag_id=SALES, run_id=run, task_id="extract", try_number=1
        )
        first = await socket.next("log")
        assert (first["text"], first["end"]) == ("first\n", False)
        with path.open("a") as log:
            log.write("second, ünïcode")
        second = await socket.next("log")
        assert (second["offset"], second["text"]) == (6, "second, ünïcode")
        deployment.finish(row.token)
        assert (await socket.next("log"))["end"] is True

    watch(server, steps)


def test_a_log_that_does_not_exist_ends_with_a_sentence(server):
    async def steps(socket: Socket):
        await socket.next("hello")
        await socket.send(type="follow_log", id="a", dag_id="x", run_id="y", task_id="z")
        message = await socket.next("log")
        assert (message["end"], message["text"]) == (True, "There is no DAG 'x'.\n")

    watch(server, steps)


@pytest.mark.parametrize("text", ["{", "[]", '{"type": "dance"}', '{"type": "follow_log"}'])
def test_a_message_that_makes_no_sense_is_answered(server, text):
    async def steps(socket: Socket):
        await socket.next("hello")
        await socket.connection.write_message(text)
        assert (await socket.next("error"))["detail"]

    watch(server, steps)


def test_without_a_token_it_does_not_open(server):
    async def run():
        with pytest.raises(HTTPClientError) as refused:
            await websocket_connect(url(server))
        assert refused.value.code == 403

    asyncio.run(run())
