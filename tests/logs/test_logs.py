"""Lines of our logs: what they are about, in both formats, and what they never hold."""

import json
import logging
import sys
from types import SimpleNamespace

import pytest

from couture_scheduler import logs
from couture_scheduler.logs import JsonLines, TextLines
from couture_scheduler.settings import Settings, SettingsError, load_settings

ROW = SimpleNamespace(
    dag_id="sales", run_id="r1", task_id="load", map_index=2, try_number=3, token="t-1", pool="x"
)
KEY = {
    "dag_id": "sales",
    "run_id": "r1",
    "task_id": "load",
    "map_index": 2,
    "try_number": 3,
    "attempt": "t-1",
}


def record(message="It failed", *arguments, **more):
    made = logging.LogRecord(
        "couture_scheduler.worker", logging.ERROR, "f.py", 1, message, arguments, None
    )
    made.created = 1795435200.25
    vars(made).update(more)
    return made


def as_json(one):
    line = JsonLines("agent").format(one)
    assert "\n" not in line
    return json.loads(line)


def test_a_line_for_programs_says_when_who_and_what():
    assert as_json(record("It failed %d times", 3)) == {
        "time": "2026-11-23T12:00:00.250+00:00",
        "level": "error",
        "process": "agent",
        "logger": "couture_scheduler.worker",
        "message": "It failed 3 times",
    }


def test_what_is_about_a_task_instance_has_its_key():
    with logs.about(ROW):
        found = as_json(record())
    assert {name: found[name] for name in KEY} == KEY
    assert "pool" not in found
    assert not KEY.keys() & as_json(record()).keys()


def test_people_see_the_same_key():
    with logs.about(ROW):
        line = TextLines("agent").format(record())
    assert line.endswith(
        " ERROR agent It failed "
        "[dag_id=sales run_id=r1 task_id=load map_index=2 try_number=3 attempt=t-1]"
    )
    assert TextLines("agent").format(record()).endswith(" ERROR agent It failed")


def test_what_is_known_of_it_is_named_and_nothing_else():
    with logs.about(logs.Attempt("t-1")):
        assert as_json(record())["attempt"] == "t-1"
        assert "dag_id" not in as_json(record())


def test_a_line_inside_another_is_about_the_inner_one():
    with logs.about(ROW):
        with logs.about(logs.Attempt("t-2")):
            assert as_json(record())["attempt"] == "t-2"
        assert as_json(record())["attempt"] == "t-1"


def test_it_ends_with_an_exception_too():
    with pytest.raises(ValueError, match="x"), logs.about(ROW):
        raise ValueError("x")
    assert "attempt" not in as_json(record())


@pytest.mark.parametrize("formatter", [TextLines("agent"), JsonLines("agent")])
def test_a_line_is_one_line_whatever_is_said_in_it(formatter):
    row = SimpleNamespace(dag_id="a\nb", token="t")
    with logs.about(row):
        line = formatter.format(record("first\n2026-11-23 ERROR forged\x1b[31m\r\u2028"))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


@pytest.mark.parametrize("formatter", [TextLines("agent"), JsonLines("agent")])
def test_passwords_of_urls_are_in_no_line(formatter):
    try:
        raise OSError("no amqp://couture:s3cret@rabbitmq//")
    except OSError:
        failed = record("mysql+pymysql://couture:s3cret@mysql is away", exc_info=sys.exc_info())
    line = formatter.format(failed)
    assert "s3cret" not in line
    assert "Traceback" in line


def test_what_a_record_has_of_a_request_is_in_the_line():
    assert as_json(record(request={"status": 404}))["status"] == 404


@pytest.mark.parametrize(("name", "kind"), [("text", TextLines), ("json", JsonLines)])
def test_the_setting_chooses(name, kind, monkeypatch, tmp_path):
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setenv("COUTURE_LOG_FORMAT", name)
    logs.write_to_stderr("agent", load_settings(home=str(tmp_path)).log_format)
    [handler] = logging.root.handlers
    assert type(handler.formatter) is kind


def test_another_format_is_refused(monkeypatch):
    assert Settings().log_format == "text"
    monkeypatch.setenv("COUTURE_LOG_FORMAT", "xml")
    with pytest.raises(SettingsError, match="log_format"):
        load_settings()
