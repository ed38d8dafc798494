"""As root: a person's code runs under that person's uid and reads nothing that is not the person's.

Forty places are tried from a process of the person's server, from a DAG file while it is imported,
from a task and from a scheduled notebook.
"""

import json
import os
import subprocess
import textwrap

import psutil
import pytest
from deployment import wait_until

from couture_scheduler.db.tables import dag, dag_run, xcom
from couture_scheduler.schemas.notebooks import ScheduleBody
from couture_scheduler.services.actors import actor_for
from couture_scheduler.services.notebooks import create_schedule
from couture_scheduler.services.workflow import Call

pytestmark = pytest.mark.processes

HEADER = """
import json, os
from datetime import datetime
from couture_operators import DAG, BashOperator, PythonOperator
START = datetime(2026, 11, 1)
"""

#: a function that returns which of PLACES could be read, connected to or listed
PROBE = """
import glob, os, socket

def who():
    return [os.getuid(), os.getgid(), os.getgroups(), os.environ.get("COUTURE_TOKEN_FOR_A_TEST")]

def probe():
    open_ = []
    for place in PLACES:
        kind, _, path = place.partition(" ")
        try:
            if kind == "read":
                with open(path, "rb") as file:
                    file.read(1)
            elif kind == "list":
                os.listdir(path)
            elif kind == "write":
                with open(path, "ab"):
                    pass
            else:
                with socket.socket(socket.AF_UNIX, getattr(socket, kind)) as sock:
                    sock.connect(path)
        except OSError:
            continue
        open_.append(place)
    return open_
"""


def places(team) -> list[str]:
    """Return what nobody but the system may touch, and what is sam's: at least forty."""
    home, run = team.settings.home_path, team.settings.run_path
    system = [team.supervisor.pid, team.pid_of("scheduler"), team.pid_of("worker")]
    found = [f"list {home}"]
    for name in ("couture.db", "couture.db-wal", "couture.db-shm", "secret.key"):
        found += [f"read {home / name}", f"write {home / name}"]
    found += [f"read {home / 'couture_config.py'}", f"write {home / 'couture_config.py'}"]
    found += [f"{kind} {home / 'dags'}/{name}" for kind in ("read", "write") for name in SAMS]
    found += [f"list {home / name}" for name in ("dags", "logs", "run", "outputs", "hub")]
    found += [f"read {home / 'hub' / 'cookie_secret'}", f"read {run / 'db.lock'}"]
    found += [f"read {run / 'processes'}", f"SOCK_SEQPACKET {run / 'agent.sock'}"]
    found += [f"SOCK_DGRAM {path}" for path in (run / "bells").iterdir()]
    found += [f"read {home / 'logs' / name}.log" for name in ("agent", "scheduler")]
    found += [f"list {home / 'users' / 'sam'}", f"read {home / 'users' / 'sam' / 'notes.txt'}"]
    found += [f"write {home / 'dags'}/new.py", f"write {home / 'users' / 'sam'}/new.txt"]
    for pid in system:
        found += [f"read /proc/{pid}/{name}" for name in ("environ", "mem", "maps")]
    found += [f"list /proc/{pid}/fd" for pid in system]
    return found


SAMS = ("sams.py", "sam_helper.py")


@pytest.fixture(scope="module")
def probe(team):
    """Return the text of the probe; sam has files, and a home with a note."""
    team.save("sam", "sam_helper.py", "# sam's")
    text = "with DAG('sam_dag', schedule=None, start_date=START): pass\n"
    team.save("sam", "sams.py", HEADER + text)
    team.wait_for_dag("sam_dag")
    notes = team.settings.home_path / "users" / "sam" / "notes.txt"
    wait_until(notes.parent.is_dir, what="sam has a home")
    notes.write_text("mine")
    found = places(team)
    assert len(found) >= 40
    return f"PLACES = {found!r}\n{PROBE}"


def mine(team) -> list:
    return [team.uid("marta"), team.uid("marta"), [], None]


def test_a_process_of_the_persons_server_reads_nothing_else(team, probe):
    done = subprocess.run(
        [team.python, "-c", f"{probe}\nimport json; print(json.dumps([who(), probe()]))"],
        user=team.uid("marta"),
        group=team.uid("marta"),
        extra_groups=[],
        cwd="/",
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [mine(team), []]


def test_a_dag_file_reads_nothing_else_while_it_is_imported(team, probe):
    text = """
    with DAG("marta_parsed", schedule=None, start_date=START,
             description=json.dumps([who(), probe()])):
        pass
    """
    team.save("marta", "parsed.py", HEADER + probe + textwrap.dedent(text))
    team.wait_for_dag("marta_parsed")
    [told] = team.values(dag.c.description, "marta_parsed")
    assert json.loads(told) == [mine(team), []]


@pytest.mark.parametrize("fresh", [False, True], ids=["forked", "fresh interpreter"])
def test_a_task_reads_nothing_else(team, probe, fresh):
    name = f"marta_task_{fresh}"
    text = f"""
    with DAG("{name}", schedule=None, start_date=START, is_paused_upon_creation=False,
             fresh_interpreter={fresh}):
        PythonOperator(task_id="probe", python_callable=lambda: [who(), probe()])
        BashOperator(task_id="shell", bash_command="id -u; id -G; env", do_xcom_push=False)
    """
    team.save("marta", f"{name}.py", HEADER + probe + textwrap.dedent(text))
    run = team.trigger(name)
    assert team.wait_for_run(name, run) == "success", team.log(name, run, "probe")
    [told] = team.values(xcom.c.value, name)
    assert json.loads(told) == [mine(team), []]
    log = team.log(name, run, "shell")
    assert f"INFO {team.uid('marta')}" in log or f"{team.uid('marta')}\n" in log
    assert "COUTURE_TOKEN_FOR_A_TEST" not in log


def test_a_scheduled_notebook_reads_nothing_else(team, probe):
    code = f"{probe}\nassert [who(), probe()] == {[mine(team), []]!r}, [who(), probe()]"
    cell = {
        "cell_type": "code",
        "source": code,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "id": "a",
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": [cell],
    }
    actor = actor_for(team.workflow, "marta", None)
    body = ScheduleBody(path="marta_nb.ipynb", notebook=notebook, when="once")
    made = create_schedule(Call(team.workflow, actor), body=body)
    folder = team.settings.dags_path / "scheduled"
    for path in [folder, *folder.iterdir()]:
        os.chown(path, team.settings.system_uid, team.settings.system_uid)
    team.wait_for_dag(made.dag_id)
    [run_id] = wait_until(lambda: team.values(dag_run.c.run_id, made.dag_id), what="its run")
    found = team.wait_for_run(made.dag_id, run_id, 40)
    assert found == "success", team.log(made.dag_id, run_id, "run_notebook")
    draft = next((team.settings.outputs_path / made.dag_id).rglob("1.ipynb"))
    stat = draft.stat()
    assert (stat.st_uid, stat.st_gid) == (team.uid("marta"), team.settings.system_uid)
    assert stat.st_mode & 0o077 == 0o040


def test_what_is_nobodys_runs_under_the_uid_for_that(team):
    text = """
    with DAG("by_hand", schedule=None, start_date=START, is_paused_upon_creation=False):
        PythonOperator(task_id="who", python_callable=lambda: [os.getuid(), os.getgid()])
    """
    team.write("by_hand.py", text, header=HEADER)
    run = team.trigger("by_hand")
    assert team.wait_for_run("by_hand", run) == "success"
    [told] = team.values(xcom.c.value, "by_hand")
    assert json.loads(told) == [team.settings.run_uid] * 2


def test_a_file_that_somebody_changed_by_hand_is_no_longer_the_authors(team):
    text = """
    with DAG("marta_edited", schedule=None, start_date=START, is_paused_upon_creation=False):
        PythonOperator(task_id="who", python_callable=lambda: os.getuid())
    """
    team.save("marta", "edited.py", HEADER + textwrap.dedent(text))
    team.wait_for_dag("marta_edited")
    before = team.dag("marta_edited").version_id
    path = team.settings.dags_path / "edited.py"
    path.write_text(path.read_text() + "# by hand\n")
    wait_until(lambda: team.dag("marta_edited").version_id != before, what="parsed again")
    run = team.trigger("marta_edited")
    assert team.wait_for_run("marta_edited", run) == "success"
    [told] = team.values(xcom.c.value, "marta_edited")
    assert json.loads(told) == team.settings.run_uid


def test_a_person_defines_no_dag_without_the_right_to_edit_it(team):
    text = "with DAG('finance', schedule=None, start_date=START): pass\n"
    team.save("marta", "sly.py", HEADER + text)
    error = wait_until(lambda: team.import_error("sly.py"), what="import error")
    assert "marta, who saved sly.py, lacks the permission can_edit_code" in error.message
    assert team.dag("finance") is None


def test_somebody_elses_file_cannot_be_imported(team, probe):
    team.save("marta", "thief.py", HEADER + "import sam_helper\n")
    error = wait_until(lambda: team.import_error("thief.py"), what="import error")
    assert "sam_helper.py was saved by somebody else" in error.message


def test_files_of_the_engine_belong_to_the_system(team, probe):
    uid, home = team.settings.system_uid, team.settings.home_path
    for name in ("couture.db", "couture.db-wal", "secret.key", "run/db.lock", "run/agent.sock"):
        stat = (home / name).stat()
        assert stat.st_uid == uid, name
    for path in [*(home / "logs").rglob("*.log"), *(home / "run" / "bells").iterdir()]:
        if path.name not in ("agent.log", "scheduler.log"):
            assert path.stat().st_uid == uid, path


def test_agent_zygotes_and_scheduler_have_the_uids_that_they_should(team, probe):
    assert psutil.Process(team.pid_of("worker")).uids().effective == 0
    assert psutil.Process(team.pid_of("scheduler")).uids().real == team.settings.system_uid
    below = psutil.Process(team.pid_of("worker")).children(recursive=True)
    assert below
    assert all(one.uids().real >= team.settings.run_uid for one in below)


LINKS = """
import os, sys
folder = os.path.dirname(next(one for one in sys.orig_argv if one.endswith(".json")))
for number in range(60):
    path = f"{folder}/{number}.log"
    if os.path.lexists(path):
        os.unlink(path)
    os.symlink(KEY, path)
os._exit(1)
"""

KERNEL_THIEF = """
def steal():
    from couture_operators.runtime import current_runtime

    place = os.environ["HOME"] + "/p"
    os.makedirs(place, exist_ok=True)
    with open(place + "/sitecustomize.py", "w") as file:
        file.write(LINKS)
    ask = {"name": "python3", "cwd": os.environ["HOME"], "env": {"PYTHONPATH": place}}
    return [str(current_runtime().client.ask("kernel", **ask)) for _ in range(2)]


with DAG("marta_thief", schedule=None, start_date=START, is_paused_upon_creation=False):
    PythonOperator(task_id="steal", python_callable=steal, retries=0)
"""


def test_what_a_kernel_leaves_in_its_folder_leads_nowhere(team, probe):
    key = team.settings.home_path / "secret.key"
    before = key.read_bytes()
    links = LINKS.replace("KEY", repr(str(key)))
    team.save("marta", "thieves.py", f"{HEADER}\nLINKS = {links!r}\n{KERNEL_THIEF}")
    run = team.trigger("marta_thief")
    state = team.wait_for_run("marta_thief", run, 40)
    assert state in ("success", "failed")
    told = [*team.values(xcom.c.value, "marta_thief"), team.log("marta_thief", run, "steal")]
    assert "did not start" in "".join(told), told
    assert before.decode().strip()[:20] not in "".join(told)
    assert key.read_bytes() == before


def test_what_the_agent_has_started_is_recorded_and_nothing_that_others_name(team, probe):
    recorded = (team.settings.run_path / "processes").read_text().split()[::2]
    below = psutil.Process(team.pid_of("worker")).children(recursive=True)
    zygotes = [one for one in below if "couture_scheduler.worker.zygote" in one.cmdline()]
    assert zygotes
    assert {str(one.pid) for one in zygotes} <= set(recorded)
    for uid in {int(one) for one in recorded}:
        if psutil.pid_exists(uid):
            assert psutil.Process(uid).uids().real >= team.settings.run_uid
