"""Children that import or simulate for somebody: bounded in time and memory, JSON in and out."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from couture_scheduler.errors import Invalid

_KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


class RehearsalError(Invalid):
    """A child did not answer, or said why it could not; the message is a sentence."""


def ask(
    module: str,
    request: Mapping[str, Any],
    *,
    seconds: float,
    memory_mb: int,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Run `python -m module` on a request and return its answer.

    Args:
        environment: default: without anything that could be a secret.

    Raises:
        RehearsalError: it took too long or too much, or could not do it.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    child = subprocess.Popen(
        [sys.executable, "-m", module, str(int(seconds) + 1), str(memory_mb)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment if environment is not None else kept),
        start_new_session=True,
    )
    try:
        out, err = child.communicate(json.dumps(request).encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        raise RehearsalError(
            f"It took longer than {seconds:g} s and was stopped. Choose a shorter time."
        ) from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return _answer(out, err, child.returncode, memory_mb)


def _answer(out: bytes, err: bytes, code: int, memory_mb: int) -> dict[str, Any]:
    try:
        answer = json.loads(out)
    except ValueError:
        lines = err.decode(errors="replace").strip().splitlines()
        if lines and lines[-1].startswith("MemoryError"):
            raise RehearsalError(f"It needs more than {memory_mb} MB of memory.") from None
        said = f": {lines[-1]}" if lines else "."
        raise RehearsalError(f"It ended with exit code {code}{said}") from None
    if "error" in answer:
        raise RehearsalError(answer["error"])
    return answer


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer the request on stdin, in the child, under the limits that its arguments state.

    What author code prints goes to stderr, so that stdout holds the answer alone.
    """
    seconds, memory_mb = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    memory = memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    told = os.dup(1)
    os.dup2(2, 1)
    found = answer(json.load(sys.stdin))
    with os.fdopen(told, "w") as out:
        json.dump(found, out)
