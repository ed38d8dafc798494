"""This host: folders, kernels, the key."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from couture_scheduler.doctor.finding import Finding
from couture_scheduler.secrets import KEY_FILE, VaultError, read_keys
from couture_scheduler.settings import Settings

_NEEDED_MB = {"COUTURE_HOME": 500, "logs": 500, "run folder": 10}
_NOT_THERE = "It is not there. It is made at the first start; see whether COUTURE_HOME is right."


def look_at_machine(settings: Settings) -> Iterator[Finding]:
    """Look at what needs no database."""
    if not settings.home_path.is_dir():
        yield Finding(f"COUTURE_HOME {settings.home_path}", _NOT_THERE)
        return
    folders = (settings.home_path, settings.logs_path, settings.run_path)
    for (name, needed), folder in zip(_NEEDED_MB.items(), folders, strict=True):
        yield Finding(f"{name} {folder}", _folder(folder, needed))
    yield Finding(f"Key {settings.home_path / KEY_FILE}", _key(settings))
    yield Finding("Kernel python3", _kernel())


def _folder(folder: Path, needed_mb: int) -> str | None:
    if not folder.is_dir():
        return _NOT_THERE
    if not os.access(folder, os.W_OK):
        return "It cannot be written. Change its owner, or name another place."
    free = shutil.disk_usage(folder).free // 1_000_000
    if free > needed_mb:
        return None
    return f"Only {free} MB are free on its disk; {needed_mb} are needed. See: couture db clean"


def _key(settings: Settings) -> str | None:
    """Say whether the file is a key; whether it is the right one, the database knows."""
    try:
        read_keys(settings.home_path / KEY_FILE)
    except FileNotFoundError:
        return (
            "It is missing. A new one is made at the next start, but what was encrypted cannot be "
            "read with that: where the database is not new, put its key back first."
        )
    except PermissionError:
        return "It cannot be read by who asks. Run this as the user of the scheduler."
    except VaultError as error:
        return str(error)
    return None


def _kernel() -> str | None:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return "It is missing, so no notebook can run. Install it with: pip install ipykernel"
    return None
