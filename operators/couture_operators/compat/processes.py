"""Processes, under the names of `airflow.utils.process_utils`; psutil is not needed."""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from typing import Any

from couture_operators.exceptions import AirflowException

DEFAULT_TIME_TO_WAIT_AFTER_SIGTERM = 60
log = logging.getLogger("couture.task")


def reap_process_group(
    process_group_id: int,
    logger: Any = log,
    sig: int = signal.SIGTERM,
    timeout: float = DEFAULT_TIME_TO_WAIT_AFTER_SIGTERM,
) -> dict[int, int]:
    """Send a signal to a process group, and SIGKILL to what is left of it after `timeout` seconds.

    Returns the exit codes of those that were our children. Our own group is refused.
    """
    if process_group_id == os.getpgrp():
        raise RuntimeError("A process cannot reap its own process group.")
    codes: dict[int, int] = {}
    for number, patience in ((sig, timeout), (signal.SIGKILL, timeout)):
        logger.info("Sending %s to the process group %s.", number, process_group_id)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process_group_id, number)
        if _is_over(process_group_id, patience, codes):
            return codes
    logger.error("Processes of the group %s do not end.", process_group_id)
    return codes


def _is_over(group: int, patience: float, codes: dict[int, int]) -> bool:
    deadline = time.monotonic() + patience
    while True:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-group, os.WNOHANG))[0]:
                codes[ended[0]] = os.waitstatus_to_exitcode(ended[1])
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)


def execute_in_subprocess(
    cmd: list[str], cwd: str | None = None, env: dict[str, str] | None = None
) -> None:
    """Run a command with its output in the log; CalledProcessError when it fails."""
    execute_in_subprocess_with_kwargs(cmd, cwd=cwd, env=env)


def execute_in_subprocess_with_kwargs(cmd: list[str], **kwargs: Any) -> None:
    """The same, with arguments of Popen."""
    log.info("Executing cmd: %s", shlex.join(cmd))
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(cmd, **streams, close_fds=True, **kwargs) as process:
        for line in process.stdout or ():
            log.info("%s", line.decode(errors="replace").rstrip())
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, cmd)


def run_command(command: str) -> str:
    """What a command, given as one text, prints; a sentence with its error when it fails."""
    done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
    if done.returncode:
        raise AirflowException(
            f"The command {command!r} exited with code {done.returncode}: {done.stderr.strip()}"
        )
    return done.stdout


def kill_child_processes_by_pids(pids_to_kill: Iterable[int], timeout: float = 5) -> None:
    """End children of this process: SIGTERM, and SIGKILL after `timeout` seconds."""
    for number, patience in ((signal.SIGTERM, timeout), (signal.SIGKILL, timeout)):
        deadline = time.monotonic() + patience
        for pid in pids_to_kill:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        pids_to_kill = [pid for pid in pids_to_kill if not _has_ended(pid, deadline)]


def _has_ended(pid: int, deadline: float) -> bool:
    while True:
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return True
        except ChildProcessError:  # no child, or somebody has waited for it already
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)


@contextlib.contextmanager
def patch_environ(new_env_variables: dict[str, str]) -> Iterator[None]:
    """Set environment variables for the block."""
    before = {name: os.environ.get(name) for name in new_env_variables}
    os.environ.update(new_env_variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def set_new_process_group() -> None:
    """Make this process the leader of a group of its own, unless it leads its session."""
    if os.getpid() != os.getsid(0):
        os.setpgid(0, 0)


__all__ = [
    "DEFAULT_TIME_TO_WAIT_AFTER_SIGTERM",
    "execute_in_subprocess",
    "execute_in_subprocess_with_kwargs",
    "kill_child_processes_by_pids",
    "patch_environ",
    "reap_process_group",
    "set_new_process_group",
]
