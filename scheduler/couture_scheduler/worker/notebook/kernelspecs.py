"""Start of a kernel, in a child of the notebook base zygote that becomes it, and its check."""

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

from couture_scheduler.worker.kernel_files import MISSING, KernelFiles
from couture_scheduler.worker.notebook.link import Link

_PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
_PYTHONS = ("python", "python3", f"python3.{sys.version_info.minor}")
_CHECK_SECONDS = 60.0


def available() -> list[str]:
    """Return the names of the installed kernelspecs."""
    return sorted(KernelSpecManager().find_kernel_specs())


def exec_kernel(message: dict[str, Any]) -> None:
    """Become the kernel that `message` asks for: {"name", "files", "cwd", "env"}."""
    try:
        spec = KernelSpecManager().get_kernel_spec(message["name"])
    except NoSuchKernel:
        sys.exit(MISSING)
    files = KernelFiles(message["files"])
    _write_connection(files)
    os.chdir(message["cwd"])
    arguments = command(spec, files.connection)
    os.execvpe(arguments[0], arguments, {**os.environ, **spec.env, **message["env"]})


def command(spec: KernelSpec, connection: str) -> list[str]:
    """Return the command line of a kernel; "python" is this interpreter, as in Jupyter itself."""
    known = {
        "connection_file": connection,
        "prefix": sys.prefix,
        "resource_dir": spec.resource_dir,
    }
    found = [
        re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], match[0]), argument)
        for argument in spec.argv
    ]
    if found[0] in _PYTHONS:
        found[0] = sys.executable
    if any("ipykernel" in argument for argument in found):
        found.append("--HistoryManager.hist_file=:memory:")
    return found


def _write_connection(files: KernelFiles) -> None:
    facts = {
        "transport": "ipc",
        "ip": files.base,
        "key": os.urandom(16).hex(),
        "signature_scheme": "hmac-sha256",
        "kernel_name": "",
        **{name: number for number, name in enumerate(_PORTS, 1)},
    }
    new = f"{files.base}.new"
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(fd, "w") as file:  # noqa: PTH123 - a descriptor, no path
        json.dump(facts, file)
    Path(new).rename(files.connection)


def _in_kernel() -> str:
    return Path(__file__).with_name("in_kernel.py").read_text()


def check_kernel(message: dict[str, Any]) -> None:
    """See a kernel answer on every channel that an execution uses, and note its language.

    What it has done once it does faster: a kernel that passed costs an execution nothing.
    """
    files = KernelFiles(message["files"])
    deadline = time.monotonic() + _CHECK_SECONDS
    while not Path(files.connection).exists() and time.monotonic() < deadline:
        time.sleep(0.002)
    link = Link(files.connection, message["pid"])
    info = link.kernel_info(deadline)
    Path(files.info).write_text(json.dumps(info["language_info"]))
    is_python = info["language_info"]["name"] == "python"
    link.run_silently(f"exec({_in_kernel()!r}, {{}})" if is_python else "", deadline)
    if not link.heart_beats(deadline):
        sys.exit(1)
    link.close()
