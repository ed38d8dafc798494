"""A runtime that knows other DAGs, a clock that stands still, and a server that answers."""

from __future__ import annotations

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from couture_operators.context import build_context
from couture_operators.exceptions import DagRunAlreadyExists
from couture_operators.sensors import waiting

NOW = dt.datetime(2024, 1, 3, 12, 0, tzinfo=dt.UTC)  # a Wednesday


class OtherDags:
    """What tasks are told about other DAGs, and what they ordered."""

    def __init__(self):
        self.infos = {}
        self.runs = []
        self.tasks = []
        self.mails = []

    def trigger_dag(self, dag_id, run_id, conf, logical_date, *, reset=False):
        for run in self.runs:
            if (run["dag_id"], run["run_id"]) == (dag_id, run_id):
                if not reset:
                    raise DagRunAlreadyExists(f"DAG {dag_id} has a run {run_id} already.")
                run["state"] = "queued"
                return run
        run = {"dag_id": dag_id, "run_id": run_id, "logical_date": logical_date, "is_paused": False}
        self.runs.append(run | {"conf": conf, "state": "queued"})
        return run

    def dag_runs(self, dag_id, *, run_ids=None, logical_dates=None):
        return [
            run
            for run in self.runs
            if run["dag_id"] == dag_id
            and (run_ids is None or run["run_id"] in run_ids)
            and (logical_dates is None or run["logical_date"] in logical_dates)
        ]

    def task_states(self, dag_id, *, task_ids=None, task_group_id=None, logical_dates):
        return [
            row
            for row in self.tasks
            if row["dag_id"] == dag_id
            and row["logical_date"] in logical_dates
            and (task_ids is None or row["task_id"] in task_ids)
            and (task_group_id is None or row["task_id"].startswith(f"{task_group_id}."))
        ]

    def dag_info(self, dag_id):
        return self.infos.get(dag_id)

    def send_email(self, to, subject, html, **more):
        self.mails.append({"to": to, "subject": subject, "html": html, **more})


@pytest.fixture
def others(runtime):
    known = OtherDags()
    for name in ("trigger_dag", "dag_runs", "task_states", "dag_info", "send_email"):
        setattr(runtime, name, getattr(known, name))
    return known


class Clock:
    def __init__(self):
        self.now = NOW
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch):
    """The present is a moment in 2024; sleeping moves it."""
    fake = Clock()
    monkeypatch.setattr(waiting, "now", lambda: fake.now)
    monkeypatch.setattr(waiting, "sleep", fake.sleep)
    return fake


@pytest.fixture
def context_of(runtime, info):
    """The context of a task's attempt, for calls of single methods."""

    def make(task, **changes):
        context = build_context(task.dag, task, info(task.task_id, **changes), runtime)
        if first := changes.get("first_start"):
            context["ti"].first_start = dt.datetime.fromisoformat(first)
        return context

    return make


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        url = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        self.server.seen.append(
            {
                "method": self.command,
                "path": url.path,
                "query": parse_qs(url.query),
                "body": self.rfile.read(size).decode(),
                "headers": dict(self.headers),
            }
        )
        code, body = self.server.answers.get(url.path, (200, {"hello": "world"}))
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *_):
        pass


@pytest.fixture
def server(runtime):
    """A server on 127.0.0.1 behind the connection http_default; `answers` are set by path."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.answers, httpd.seen = {}, []
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    runtime.connections["http_default"] = [
        {
            "conn_type": "http",
            "host": "127.0.0.1",
            "port": httpd.server_address[1],
            "login": "me",
            "password": "secret",
            "extra": '{"X-Team": "blue"}',
        }
    ]
    yield httpd
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def database(runtime, tmp_path):
    """A SQLite file behind sqlite_default, with a table `t(a, b)` of three rows."""
    import sqlite3

    path = tmp_path / "data.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a integer, b text)")
        connection.executemany("insert into t values (?, ?)", [(1, "x"), (2, "y"), (3, None)])
    connection.close()
    row = {"conn_type": "sqlite", "host": str(path)}
    runtime.connections["sqlite_default"] = [row]

    def ask(sql):
        with sqlite3.connect(path) as connection:
            found = connection.execute(sql).fetchall()
        connection.close()
        return found

    return ask
