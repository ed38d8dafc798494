"""Modules of airflow.utils that a file may use without Airflow: processes, files, time limits."""

import bz2
import datetime as dt
import gzip
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections import namedtuple
from decimal import Decimal
from types import SimpleNamespace

import jinja2
import pytest
from airflow.configuration import expand_env_var, run_command
from airflow.models.taskinstancekey import TaskInstanceKey
from airflow.stats import Stats
from airflow.utils import apply_defaults
from airflow.utils.compression import uncompress_file
from airflow.utils.dag_parsing_context import get_parsing_context
from airflow.utils.email import get_email_address_list, send_email, send_email_smtp
from airflow.utils.file import list_py_file_paths, open_maybe_zipped
from airflow.utils.helpers import (
    alchemy_to_dict,
    is_in,
    parse_template_string,
    pprinttable,
    render_template_as_native,
    render_template_to_string,
    validate_group_key,
)
from airflow.utils.json import AirflowJsonEncoder
from airflow.utils.log.logging_mixin import redirect_stderr, redirect_stdout, remove_escape_codes
from airflow.utils.net import get_hostname
from airflow.utils.process_utils import (
    execute_in_subprocess,
    kill_child_processes_by_pids,
    patch_environ,
    reap_process_group,
)
from airflow.utils.python_virtualenv import prepare_virtualenv
from airflow.utils.task_group import TaskGroupContext
from airflow.utils.timeout import timeout
from jinja2.nativetypes import NativeEnvironment

from couture_operators import DAG, EmptyOperator, PythonOperator, TaskGroup
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException, AirflowTaskTimeout


def test_tuples_are_printed_as_a_table():
    row = namedtuple("row", "name size")
    assert pprinttable([row("a", 5), row("long", 17)]).splitlines() == [
        "-----+-----",
        "name | size",
        "-----+-----",
        "a    |    5",
        "long |   17",
        "-----+-----",
    ]
    assert pprinttable([]) is None


def test_identity_counts_where_it_is_asked_for():
    one = [1]
    assert is_in(one, [[1], one])
    assert not is_in(one, [[1]])


def test_columns_of_an_object_become_a_dict():
    columns = [SimpleNamespace(name="id"), SimpleNamespace(name="at")]
    table = SimpleNamespace(columns=columns)
    found = SimpleNamespace(__table__=table, id=1, at=dt.datetime(2024, 1, 1))
    assert alchemy_to_dict(found) == {"id": 1, "at": "2024-01-01T00:00:00"}
    assert alchemy_to_dict(None) is None


def test_templates_are_told_from_texts_and_rendered():
    assert parse_template_string("a/{b}") == ("a/{b}", None)
    _, template = parse_template_string("a/{{ b }}")
    assert render_template_to_string(template, Context(b=1)) == "a/1"
    native = NativeEnvironment().from_string("{{ [b, b] }}")
    assert render_template_as_native(native, {"b": 1}) == [1, 1]
    assert isinstance(native, jinja2.Template)


def test_a_group_key_has_no_dots():
    validate_group_key("a-b")
    with pytest.raises(ValueError, match=r"'a\.b'"):
        validate_group_key("a.b")


def test_a_block_that_takes_too_long_is_stopped():
    handler = signal.getsignal(signal.SIGALRM)
    with pytest.raises(AirflowTaskTimeout, match="too long"), timeout(0.05, "too long"):
        time.sleep(5)
    assert signal.getsignal(signal.SIGALRM) is handler


def test_a_limit_inside_another_gives_it_back():
    with pytest.raises(AirflowTaskTimeout, match="outer"), timeout(0.2, "outer"):
        with timeout(5, "inner"):
            pass
        time.sleep(5)


def test_a_group_of_processes_is_ended():
    script = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-uc", script], start_new_session=True, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        log = logging.getLogger("test")
        assert reap_process_group(process.pid, log, timeout=0.3) == {process.pid: -signal.SIGKILL}
    with pytest.raises(RuntimeError, match="its own"):
        reap_process_group(os.getpgrp(), log)


def test_children_are_ended_by_their_ids():
    with subprocess.Popen(["sleep", "60"]) as process:
        kill_child_processes_by_pids([process.pid], timeout=2)
        assert not os.path.exists(f"/proc/{process.pid}/exe")  # noqa: PTH110


def test_a_command_is_run_with_its_output_in_the_log(caplog):
    with caplog.at_level(logging.INFO):
        execute_in_subprocess(["echo", "hello"])
    assert "hello" in caplog.messages
    with pytest.raises(subprocess.CalledProcessError):
        execute_in_subprocess(["false"])
    assert run_command("echo hello") == "hello\n"
    with pytest.raises(AirflowException, match="exited with code"):
        run_command("ls /nowhere/at/all")


def test_the_environment_is_changed_for_a_block(monkeypatch):
    monkeypatch.setenv("KEPT", "1")
    with patch_environ({"KEPT": "2", "NEW": "3"}):
        assert (os.environ["KEPT"], os.environ["NEW"]) == ("2", "3")
    assert os.environ["KEPT"] == "1"
    assert "NEW" not in os.environ
    monkeypatch.setenv("OUTER", "$KEPT/x")
    assert expand_env_var("${OUTER}") == "1/x"


def test_an_environment_for_python_is_made(tmp_path):
    python = prepare_virtualenv(str(tmp_path / "venv"), sys.executable, False)
    assert subprocess.run([python, "-c", "pass"], check=True).returncode == 0
    with pytest.raises(ValueError, match="not both"):
        prepare_virtualenv("x", "python", False, ["a"], "b")


@pytest.mark.parametrize(("ending", "module"), [(".gz", gzip), (".bz2", bz2)])
def test_a_packed_file_is_unpacked(tmp_path, ending, module):
    packed = tmp_path / f"a{ending}"
    with module.open(packed, "wb") as file:
        file.write(b"hello")
    with open(uncompress_file(str(packed), ending, str(tmp_path)), "rb") as file:  # noqa: PTH123
        assert file.read() == b"hello"
    with pytest.raises(NotImplementedError, match="not '.zip'"):
        uncompress_file(str(packed), ".zip", str(tmp_path))


def test_files_in_zip_files_are_opened_and_dag_files_found(tmp_path):
    with zipfile.ZipFile(tmp_path / "dags.zip", "w") as archive:
        archive.writestr("a.py", "x = 1")
    with open_maybe_zipped(str(tmp_path / "dags.zip" / "a.py")) as file:
        assert file.read() == b"x = 1"
    (tmp_path / "dag.py").write_text("from airflow import DAG")
    (tmp_path / "other.py").write_text("x = 1")
    with open_maybe_zipped(str(tmp_path / "other.py")) as file:
        assert file.read() == "x = 1"
    assert list_py_file_paths(str(tmp_path)) == [str(tmp_path / "dag.py")]


def test_dates_and_numbers_become_json():
    values = {
        "at": dt.datetime(2024, 1, 1),
        "on": dt.date(2024, 1, 2),
        "n": Decimal("1.5"),
        "b": b"x",
    }
    assert json.loads(json.dumps(values, cls=AirflowJsonEncoder)) == {
        "at": "2024-01-01T00:00:00+00:00",
        "on": "2024-01-02",
        "n": 1.5,
        "b": "x",
    }


def test_what_is_printed_goes_to_a_log_without_colours(caplog):
    log = logging.getLogger("test")
    with caplog.at_level(logging.INFO), redirect_stdout(log, logging.INFO):
        print("\x1b[31mred\x1b[0m")
        print("no end", end="")
    assert caplog.messages == ["red", "no end"]
    assert remove_escape_codes("\x1b[1mx\x1b[0m") == "x"


@pytest.mark.parametrize("redirect", [redirect_stdout, redirect_stderr])
def test_a_task_may_log_what_it_prints_although_its_log_is_its_output(redirect, capsys, run):
    def work():
        with redirect(logging.getLogger("airflow.task"), logging.INFO):
            print("printed")
            print("complained", file=sys.stderr)

    with DAG("d"):
        assert run(PythonOperator(task_id="t", python_callable=work)).state == "success"
    assert re.search("INFO (printed|complained)", capsys.readouterr().out)


def test_addresses_are_split():
    assert get_email_address_list("a@x; b@x,c@x") == ["a@x", "b@x", "c@x"]
    assert get_email_address_list(("a@x",)) == ["a@x"]
    with pytest.raises(TypeError, match="a text or a list of texts"):
        get_email_address_list(5)
    assert send_email_smtp is send_email


def test_open_blocks_are_known():
    from airflow.models.dag import DagContext

    with DAG("d") as dag, TaskGroup("g") as group:
        assert DagContext.get_current_dag() is dag
        assert TaskGroupContext.get_current_task_group() is group
    assert DagContext.get_current_dag() is TaskGroupContext.get_current_task_group() is None


def test_a_file_is_read_for_all_its_dags():
    assert get_parsing_context() == (None, None)


def test_what_counts_nothing_does_nothing():
    Stats.incr("a", 1)
    with Stats.timer("b"):
        assert get_hostname()
    assert apply_defaults(EmptyOperator) is EmptyOperator


def test_a_key_names_a_try():
    key = TaskInstanceKey("d", "t", "r", try_number=3)
    assert key.primary == ("d", "t", "r", -1)
    assert key.reduced.try_number == 2
    assert TaskInstanceKey.from_dict(key._asdict()) == key
