"""An interpreter with our packages that other uids may run, whoever owns that of the tests."""

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

_TRIAL = "import couture_scheduler.worker.zygote, couture_server, jupyterlab, papermill"
_OTHER_UID = 29_999


@functools.cache
def open_python() -> str:
    """Return its path; skip where there is none, or where we cannot be another uid."""
    if os.geteuid() != 0:
        pytest.skip("uids of their own need root")
    for find in (lambda: sys.executable, _virtual_environment):
        python = find()
        if python is not None and _runs(python):
            return python
    pytest.skip(
        "other uids can run no Python with our packages here: "
        f"{sys.executable} or {Path(__file__).parents[2]} is closed to them"
    )


def open_folder() -> Path:
    """Return a new folder that other uids can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="couture-"))
    folder.chmod(0o711)
    return folder


def _runs(python: str) -> bool:
    try:
        done = subprocess.run(
            [python, "-P", "-c", _TRIAL],
            user=_OTHER_UID,
            group=_OTHER_UID,
            extra_groups=[],
            cwd="/",
            env={"PATH": os.defpath},
            capture_output=True,
            timeout=120,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def _virtual_environment() -> str | None:
    """Make one on the system's Python of the same version, with the packages of ours."""
    system = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    if not system.exists():
        return None
    folder = open_folder()
    subprocess.run([system, "-m", "venv", "--without-pip", "--symlinks", folder], check=True)
    packages = folder / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    for name in ("share", "etc"):
        if (Path(sys.prefix) / name).is_dir():
            (folder / name).symlink_to(Path(sys.prefix) / name)
    found = [one for one in sys.path if "site-packages" in one or one.startswith(str(_repo()))]
    lines = [f"import site; site.addsitedir({one!r})" for one in found if "tests" not in one]
    (packages / "ours.pth").write_text("\n".join(lines) + "\n")
    folder.chmod(0o755)
    return str(folder / "bin" / "python")


def _repo() -> Path:
    return Path(__file__).resolve().parents[2]
