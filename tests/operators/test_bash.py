import os
import signal
import threading
import time
from pathlib import Path

import pytest

from couture_operators import DAG, BashOperator


def bash(command, **kwargs):
    with DAG("d"):
        return BashOperator(task_id="t", bash_command=command, **kwargs)


def value(runtime):
    return runtime.pushed[0]["json"]


def test_both_outputs_are_logged_and_the_last_line_is_the_value(run, runtime, capsys):
    outcome = run(bash("echo one; echo two >&2; printf 'thr\\303\\251e'"))
    assert outcome.state == "success"
    assert sorted(capsys.readouterr().out.splitlines()) == ["one", "thrée", "two"]
    assert value(runtime) == '"thr\\u00e9e"'


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("echo bad >&2; exit 3", "The command exited with code 3: bad"),
        ("exit 4", "The command exited with code 4."),
        ("kill -9 $$", "The command was ended by SIGKILL."),
        ("no_such_command", "no_such_command: command not found"),
    ],
)
def test_a_failed_command_says_its_code_and_its_last_error(run, command, reason):
    outcome = run(bash(command))
    assert outcome.state == "failed"
    assert reason in outcome.reason
    assert outcome.traceback is None


def test_code_99_skips_and_another_code_can_be_chosen(run):
    assert run(bash("exit 99")).state == "skipped"
    assert run(bash("exit 5", skip_exit_code=5)).state == "skipped"
    assert run(bash("exit 99", skip_on_exit_code=None)).state == "failed"


def test_the_environment_is_replaced_or_added_to(run, runtime, monkeypatch):
    monkeypatch.setenv("OUTER", "yes")
    command = 'echo "$OUTER $X $AIRFLOW_CTX_TASK_ID"'
    for kwargs, printed in (
        ({}, '"yes  t"'),
        ({"env": {"X": "{{ ds }}"}}, '"2024-01-02 t"'),
        ({"env": {"X": "1"}, "append_env": True}, '"yes 1 t"'),
    ):
        run(bash(command, **kwargs))
        assert value(runtime) == printed


def test_the_folder_can_be_chosen_and_must_exist(run, runtime, tmp_path):
    run(bash("pwd", cwd=str(tmp_path)))
    assert value(runtime) == f'"{tmp_path}"'
    assert "does not exist" in run(bash("pwd", cwd=str(tmp_path / "no"))).reason


def test_a_lot_of_output_is_neither_lost_nor_blocks(run, runtime, capsys):
    run(bash("seq 1 60000; seq 1 60000 >&2"))
    assert len(capsys.readouterr().out.splitlines()) == 120_000
    assert value(runtime) == '"60000"'


def test_a_background_process_does_not_hold_the_task_up(run, runtime):
    began = time.monotonic()
    run(bash("sleep 30 & echo $!"))
    assert time.monotonic() - began < 5
    os.kill(int(value(runtime).strip('"')), signal.SIGKILL)


def test_a_background_process_that_goes_on_writing_does_not_either(run, tmp_path):
    pid = tmp_path / "pid"
    try:
        assert run(bash(f"yes & echo $! > {pid}; sleep 0.05; exit 3")).state == "failed"
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)


def test_the_time_limit_kills_the_whole_process_group(run, capsys):
    outcome = run(bash("sleep 30 & echo $!; wait", execution_timeout=0.3))
    assert "longer than its limit" in outcome.reason
    pid = int(capsys.readouterr().out.split()[0])
    for _ in range(100):
        if not _runs(pid):
            break
        threading.Event().wait(0.02)
    assert not _runs(pid)


def _runs(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
