"""BashOperator: a command or script, run by bash in a process group of its own."""

from __future__ import annotations

import codecs
import os
import select
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import IO, Any, ClassVar

from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException, AirflowSkipException

_READ = 65536
_PIPE_READS = (
    17  # a pipe holds 1 MB at most; what a background process adds later is not waited for
)
_GRACE = 5.0  # seconds between SIGTERM and SIGKILL


class BashOperator(BaseOperator):
    """Run a bash command; its output is the task's log, its last line the task's XCom.

    A text that ends in `.sh` or `.bash` names a template file (add a space to run a script by its
    path). `env` replaces the environment, or adds to it with `append_env`. The exit code
    `skip_on_exit_code` (99) skips the task, any other but 0 fails it.
    """

    template_fields: Sequence[str] = ("bash_command", "env", "cwd")
    template_ext: Sequence[str] = (".sh", ".bash")
    template_fields_renderers: ClassVar[dict[str, str]] = {"bash_command": "bash", "env": "json"}
    ui_color: ClassVar[str] = "#f0ede4"
    operator_kind: ClassVar[str] = "bash"

    def __init__(
        self,
        *,
        bash_command: str,
        env: dict[str, str] | None = None,
        append_env: bool = False,
        output_encoding: str = "utf-8",
        skip_exit_code: int | None = None,
        skip_on_exit_code: int | Container[int] | None = 99,
        cwd: str | None = None,
        xcom_push: bool | None = None,
        **kwargs: Any,
    ):
        if xcom_push is not None:  # Airflow 1.10's name
            kwargs["do_xcom_push"] = xcom_push
        super().__init__(**kwargs)
        self.bash_command = bash_command
        self.env, self.append_env = env, append_env
        self.output_encoding = output_encoding
        self.skip_on_exit_code = skip_on_exit_code if skip_exit_code is None else skip_exit_code
        self.cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None

    def execute(self, context: Context) -> str:
        """Run the command to its end; the last line that it wrote to stdout."""
        if self.cwd is not None and not Path(self.cwd).is_dir():
            raise AirflowException(f"The folder {self.cwd!r} (cwd) does not exist.")
        process = self._process = subprocess.Popen(
            ["bash", "-c", self.bash_command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.cwd,
            env=self._environment(),
            start_new_session=True,
        )
        last_line, last_error = _relay(process, self.output_encoding)
        self._judge(process.wait(), last_error)
        return last_line

    def _environment(self) -> dict[str, str]:
        if self.env is None or self.append_env:
            return {**os.environ, **(self.env or {})}
        own = {key: value for key, value in os.environ.items() if key.startswith("AIRFLOW_CTX_")}
        return {**own, **self.env}

    def _judge(self, code: int, last_error: str) -> None:
        skips = self.skip_on_exit_code
        if skips is not None and code in ([skips] if isinstance(skips, int) else skips):
            raise AirflowSkipException(f"The command exited with code {code}, which means skip.")
        if code < 0:
            name = signal.Signals(-code).name
            raise AirflowException(f"The command was ended by {name}{_tail(last_error)}")
        if code:
            raise AirflowException(f"The command exited with code {code}{_tail(last_error)}")

    def on_kill(self) -> None:
        """End the command and everything that it started in its process group."""
        process = self._process
        if process is None:
            return
        _signal_group(process.pid, signal.SIGTERM)
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            _signal_group(process.pid, signal.SIGKILL)


def _tail(last_error: str) -> str:
    return f": {last_error}" if last_error else "."


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return  # it has ended by itself


def _relay(process: subprocess.Popen[bytes], encoding: str) -> tuple[str, str]:
    """Copy both outputs to the log until the command is over; the last line of each.

    A background process that keeps the pipes open does not hold the task up.
    """
    outputs = [_Lines(process.stdout, encoding), _Lines(process.stderr, encoding)]
    ended = os.pidfd_open(process.pid)
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(ended, selectors.EVENT_READ, None)
            for lines in outputs:
                selector.register(lines.fd, selectors.EVENT_READ, lines)
            _copy_until_ended(selector)
    finally:
        os.close(ended)
    for lines in outputs:
        lines.drain()
    return outputs[0].last, outputs[1].last


def _copy_until_ended(selector: selectors.BaseSelector) -> None:
    while True:
        ready = [key.data for key, _ in selector.select()]
        for lines in filter(None, ready):
            if not lines.read():
                selector.unregister(lines.fd)
        if None in ready:
            return


class _Lines:
    """One output of the command, copied to the log line by line."""

    def __init__(self, pipe: IO[bytes] | None, encoding: str):
        assert pipe is not None  # opened with PIPE
        self._pipe, self.fd = pipe, pipe.fileno()
        self._decode: Callable[..., str] = codecs.getincrementaldecoder(encoding)("replace").decode
        self._rest = ""
        self.last = ""
        os.set_blocking(self.fd, False)

    def read(self) -> bool:
        """Copy what there is; False at the end of the output."""
        try:
            data = os.read(self.fd, _READ)
        except BlockingIOError:
            return True
        *lines, self._rest = (self._rest + self._decode(data)).split("\n")
        self._write(lines)
        return bool(data)

    def drain(self) -> None:
        """Copy what was written before the command ended, and a last line without an end."""
        for _ in range(_PIPE_READS):
            if not (self._has_more() and self.read()):
                break
        if rest := self._rest + self._decode(b"", final=True):
            self._write([rest])
        self._pipe.close()

    def _has_more(self) -> bool:
        return bool(select.select([self.fd], [], [], 0)[0])

    def _write(self, lines: list[str]) -> None:
        for line in lines:
            sys.stdout.write(line + "\n")
            if stripped := line.strip():
                self.last = stripped
        sys.stdout.flush()
