"""What the tasks of the workload do: write down what happens to them, outside the product.

Copied beside the DAG files, so it imports nothing of ours. A line is one write() of less than 4 kB
to a file opened with O_APPEND: it is there whole or not at all. The lock dies with the process and
with what it has forked, so that two attempts at once are noticed without any clock.
"""

import fcntl
import logging
import os
import time
from pathlib import Path

FOLDER = "@FOLDER@"
SECRET = "chaos_password"  # a variable's key
HOST = os.uname().nodename


def write(kind, ti, try_number, token):
    fields = (kind, *ti, try_number, token, os.getpid(), HOST, time.monotonic_ns(), time.time_ns())
    line = ("\t".join(map(str, fields)) + "\n").encode()
    fd = os.open(f"{FOLDER}/ledger", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(fd, line)
    os.close(fd)


def imported():
    """Write down which process imports a DAG file."""
    words = Path("/proc/self/cmdline").read_text().split("\0")
    with Path(FOLDER, "imports").open("a") as file:
        file.write(f"{os.getpid()} {' '.join(words)}\n")


def take_lock(ti):
    """Hold the lock of a task instance for as long as anything of this process lives."""
    name = "~".join(map(str, ti)).replace("/", "_")
    fd = os.open(f"{FOLDER}/locks/{name}", os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(fd, True)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def begin(ti, try_number, token):
    if not take_lock(ti):
        write("OVERLAP", ti, try_number, token)
    write("start", ti, try_number, token)


def last_line(token):
    return f"chaos: the last line of {token}"


def leave_a_daemon():
    """Leave a process in a session of its own, which a killed process group does not reach."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(120)
        os._exit(0)
    os.wait()


def tell_the_secret():
    """Say it in the ways that are to be masked."""
    from airflow.models import Variable

    secret = Variable.get(SECRET)
    print("printed:", secret, flush=True)
    logging.getLogger("chaos").warning("logged: %s", secret)


def run(seconds=0.0, fails_below=1, daemon=False, result=None, tells=False):
    """Be a task: start, effect, end; or fail while the try's number is below `fails_below`."""
    from airflow.operators.python import get_current_context

    instance = get_current_context()["ti"]
    ti = (instance.dag_id, instance.run_id, instance.task_id, instance.map_index)
    token = os.environ["AT_ATTEMPT_KEY"]
    begin(ti, instance.try_number, token)
    if tells:
        tell_the_secret()
    if daemon:
        leave_a_daemon()
    time.sleep(seconds)
    if instance.try_number < fails_below:
        write("raise", ti, instance.try_number, token)
        raise ValueError("This try is meant to fail.")
    write("effect", ti, instance.try_number, token)
    print(last_line(token), flush=True)
    write("end", ti, instance.try_number, token)
    return result


def cell(kind):
    """Be one cell of a notebook; the first one holds the lock, in the kernel."""
    names = ("DAG_ID", "DAG_RUN_ID", "TASK_ID")
    ti = (*(os.environ[f"AIRFLOW_CTX_{name}"] for name in names), -1)
    token, number = os.environ["AT_ATTEMPT_KEY"], int(os.environ["AIRFLOW_CTX_TRY_NUMBER"])
    if kind == "start":
        begin(ti, number, token)
        return
    if kind == "wait":  # for whoever kills the first try
        time.sleep(30 if number == 1 else 0)
        return
    write("effect", ti, number, token)
    print(last_line(token), flush=True)
    write("end", ti, number, token)


#: the same in bash, whose process is the one that runs; clocks: since boot in 10 ms, and the wall's
BASH = """
ti="{{ dag.dag_id }}\\t{{ run_id }}\\t{{ task.task_id }}\\t{{ ti.map_index }}"
try={{ ti.try_number }}
note() {
  read -r up _ </proc/uptime
  printf "$1\\t$ti\\t$try\\t$AT_ATTEMPT_KEY\\t$$\\t@HOST@\\t${up/./}0000000\\t${EPOCHREALTIME/./}000\\n" >>@FOLDER@/ledger
}
lock="@FOLDER@/locks/{{ (dag.dag_id ~ '~' ~ run_id ~ '~' ~ task.task_id ~ '~' ~ ti.map_index) | replace('/', '_') }}"
exec 9>>"$lock"
flock -n 9 || note OVERLAP
note start
echo "rendered: {{ var.value.chaos_password }}"
note effect
echo "chaos: the last line of $AT_ATTEMPT_KEY"
note end
"""  # noqa: E501 - one write, one line
