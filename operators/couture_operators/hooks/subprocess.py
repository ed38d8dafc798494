"""SubprocessHook: a command in a process group of its own, its output copied to the log."""

from __future__ import annotations

import codecs
import os
import select
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import IO, NamedTuple

_READ = 65536
_PIPE_READS = (
    17  # a pipe holds 1 MB at most; what a background process adds later is not waited for
)
_GRACE = 5.0  # seconds between SIGTERM and SIGKILL


class SubprocessResult(NamedTuple):
    """How a command ended: its exit code and the last lines of its outputs."""

    exit_code: int
    output: str
    error: str


class SubprocessHook:
    """Runs one command at a time and can end it, with everything in its process group."""

    def __init__(self) -> None:
        self.sub_process: subprocess.Popen[bytes] | None = None

    def run_command(
        self,
        command: Sequence[str],
        env: dict[str, str] | None = None,
        output_encoding: str = "utf-8",
        cwd: str | None = None,
    ) -> SubprocessResult:
        """Run a command to its end; a code below 0 is the signal that ended it."""
        process = self.sub_process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )
        output, error = _relay(process, output_encoding)
        return SubprocessResult(process.wait(), output, error)

    def send_sigterm(self) -> None:
        """End the command and its process group; with SIGKILL after some seconds."""
        process = self.sub_process
        if process is None:
            return
        _signal_group(process.pid, signal.SIGTERM)
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            _signal_group(process.pid, signal.SIGKILL)


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
