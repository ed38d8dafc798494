"""What the agent logs about an attempt names the task instance."""

import asyncio
import io
import json
import logging
from types import SimpleNamespace

import pytest

from couture_scheduler import ipc
from couture_scheduler.logs import JsonLines
from couture_scheduler.worker.attempts import Attempts
from couture_scheduler.worker.outbox import Outbox
from couture_scheduler.worker.running import RunningAttempt

ROW = SimpleNamespace(
    dag_id="sales",
    run_id="r1",
    task_id="load",
    map_index=-1,
    try_number=3,
    token="t-1",
    attempt_dag_version_id=1,
)
KEY = {"dag_id": "sales", "run_id": "r1", "task_id": "load", "map_index": -1, "try_number": 3}


@pytest.fixture
def lines():
    """The lines that were logged, as programs read them."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines("agent"))
    logging.root.addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logging.root.removeHandler(handler)


def refuse(*_):
    raise OSError("no amqp://couture:s3cret@rabbitmq//")


@pytest.fixture
def attempts():
    host = SimpleNamespace(
        wake=lambda: None,
        plans=SimpleNamespace(get=refuse),
        requests=SimpleNamespace(answer=refuse),
    )
    return Attempts(host, Outbox("agent", None, lambda *_: None))  # type: ignore[arg-type]


def check(line, message):
    assert {name: line[name] for name in KEY} == KEY
    assert (line["attempt"], line["message"]) == ("t-1", message)
    assert "s3cret" not in json.dumps(line)


def test_one_that_cannot_be_started(attempts, lines):
    attempts.start(ROW, None, None, None)
    [line] = lines()
    check(line, "The attempt could not be started")
    assert "OSError: no amqp://couture:***@rabbitmq//" in line["traceback"]


async def read(attempts, ours, theirs):
    attempt = attempts.running["t-1"] = RunningAttempt(ROW, None, {}, ours)
    ipc.send(theirs, {"op": "variable"})
    attempts._read_child(attempt)


def test_one_that_cannot_be_served(attempts, lines):
    ours, theirs = ipc.pair()
    ours.setblocking(False)
    asyncio.run(read(attempts, ours, theirs))
    assert "The engine could not do that" in ipc.receive(theirs)[0]["error"]
    [line] = lines()
    check(line, "The attempt could not be served")


def test_what_one_left_that_cannot_be_written(db, lines):
    outbox = Outbox("agent", None, lambda *_: None)  # type: ignore[arg-type]
    left = outbox.of("t-1")
    left.row, left.xcoms = ROW, [{"no": "such column"}]
    with db.write() as tx:
        assert outbox._alone(tx, "t-1", left)
    [line] = lines()
    assert {name: line[name] for name in KEY} == KEY
    assert line["message"].startswith("What attempt t-1 left cannot be written: ")
