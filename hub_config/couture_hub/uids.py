"""May people have uids of their own here, and what has to be done for it."""

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from couture_scheduler.settings import Settings

_TRIAL = "import couture_server, couture_hub.user_server, jupyterlab, jupyterhub.singleuser"
_READABLE, _EXECUTABLE = 0o4, 0o1


def find_obstacle(uid: int) -> str | None:
    """Return, as a sentence, why another uid cannot run this installation; None = it can."""
    try:
        trial = subprocess.run(
            [sys.executable, "-P", "-c", _TRIAL],
            user=uid,
            group=uid,
            extra_groups=[],
            cwd="/",
            env={"PATH": os.defpath, "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except PermissionError:
        output, failed = "", True
    else:
        output, failed = trial.stderr.strip(), trial.returncode != 0
    if not failed:
        return None
    folder = find_closed_folder([Path(sys.executable), Path(sys.prefix), *map(Path, sys.path)])
    if folder is not None:
        return (
            f"{folder} is closed to other users, so people's servers cannot run under uids of "
            f"their own. Open it (chmod o+x {folder}), or install into an open place: make start "
            "does, with a Python that all may run, such as /usr/bin/python3."
        )
    last = output.splitlines()[-1] if output else "it could not be started"
    return f"Another uid cannot run this installation: {last}"


def find_closed_way(home: Path) -> str | None:
    """Return, as a sentence, why other uids cannot reach COUTURE_HOME; None = they can."""
    above = next(folder for folder in home.absolute().parents if folder.exists())
    folder = find_closed_folder([above])
    if folder is None:
        return None
    return (
        f"{folder} is closed to other users, so nothing in {home} can belong to uids of their own. "
        f"Open it (chmod o+x {folder}), or choose another place with --home."
    )


def find_closed_folder(paths: list[Path]) -> Path | None:
    """Return the first folder on the way to one of the paths through which others may not go."""
    for path in paths:
        places = [path.absolute(), path.resolve()] if path.exists() else []
        for place in places:
            for folder in [*reversed(place.parents), place]:
                if folder.is_dir() and not folder.stat().st_mode & _EXECUTABLE:
                    return folder
    return None


def prepare_home(settings: Settings) -> None:
    """Make COUTURE_HOME so that the system uid owns it and others can only pass through."""
    home = settings.home_path
    home.mkdir(parents=True, exist_ok=True)
    os.chown(home, settings.system_uid, settings.system_uid)
    home.chmod(0o711)
    users = home / "users"
    users.mkdir(exist_ok=True)
    users.chmod(0o711)


def call_in_child(function: Callable[[], str], uid: int | None) -> str | None:
    """Call a function in a process of its own, and return its answer; None = it failed.

    What it imports weighs on this process no longer than that.

    Args:
        uid: of that process; None = ours.
    """
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_child(function, uid, write_end)
    os.close(write_end)
    with os.fdopen(read_end) as file:
        answer = file.read()
    return answer if os.waitpid(pid, 0)[1] == 0 else None


def _be_child(function: Callable[[], str], uid: int | None, write_end: int) -> NoReturn:
    code = 1
    try:
        if uid is not None:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.umask(0o077)
        os.write(write_end, function().encode())
        code = 0
    except BaseException:  # noqa: BLE001 - a forked process must not go on as its parent
        traceback.print_exc()
    finally:
        os._exit(code)
