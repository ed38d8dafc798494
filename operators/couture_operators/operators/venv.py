"""Virtual environments for tasks: made in a temporary folder, or kept in a cache."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from couture_operators.exceptions import AirflowException
from couture_operators.hooks.subprocess import SubprocessHook


@dataclass(frozen=True)
class VenvSpec:
    """What an environment is made of; equal ones can be shared."""

    requirements: str = ""
    python_version: str | None = None
    system_site_packages: bool = False
    pip_options: tuple[str, ...] = ()
    index_urls: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A short name that equal specs have in common."""
        text = json.dumps([asdict(self), sys.version_info[:2]], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@contextmanager
def ready_venv(spec: VenvSpec, cache: str | None, hook: SubprocessHook) -> Iterator[str]:
    """The path of the interpreter of an environment, which is removed after the block or kept."""
    if cache is None:
        with tempfile.TemporaryDirectory(prefix="couture-venv-") as folder:
            yield make_venv(Path(folder), spec, hook)
        return
    yield _cached(Path(cache), spec, hook)


def _cached(cache: Path, spec: VenvSpec, hook: SubprocessHook) -> str:
    """The interpreter of a kept environment; one task makes it while others wait."""
    cache.mkdir(parents=True, exist_ok=True)
    place = cache / f"venv-{spec.key}"
    with (cache / f"venv-{spec.key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = place / "couture-complete"
        if not complete.exists():
            shutil.rmtree(place, ignore_errors=True)
            make_venv(place, spec, hook)
            complete.touch()
    return str(place / "bin" / "python")


def make_venv(place: Path, spec: VenvSpec, hook: SubprocessHook, python: str | None = None) -> str:
    """Make an environment in a folder, with another interpreter if one is named; its interpreter."""
    options = ["--system-site-packages"] if spec.system_site_packages else []
    if not spec.requirements.strip():
        options.append("--without-pip")  # takes two seconds and nobody would use it
    _run([python or _interpreter(spec.python_version), "-m", "venv", *options, str(place)], hook)
    made = str(place / "bin" / "python")
    if spec.requirements.strip():
        _install(made, place, spec, hook)
    return made


def _install(python: str, place: Path, spec: VenvSpec, hook: SubprocessHook) -> None:
    listed = place / "requirements.txt"
    listed.write_text(spec.requirements)
    if spec.index_urls:  # in a file: a password in an URL must not be seen in the list of processes
        first, *others = spec.index_urls
        lines = ["[global]", f"index-url = {first}"]
        lines += [f"extra-index-url = {' '.join(others)}"] if others else []
        settings = place / "pip.conf"
        settings.touch(0o600)
        settings.write_text("\n".join(lines))
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    _run([python, "-m", "pip", "install", *quiet, *spec.pip_options, "-r", str(listed)], hook)


def _interpreter(version: str | None) -> str:
    here = "{}.{}".format(*sys.version_info[:2])
    if version in (None, here, str(sys.version_info[0])):
        return sys.executable
    found = shutil.which(f"python{version}")
    if found is None:
        raise AirflowException(f"There is no python{version} where this task runs.")
    return found


def _run(command: list[str], hook: SubprocessHook) -> None:
    result = hook.run_command(command)
    if result.exit_code:
        tail = result.error or result.output
        raise AirflowException(f"The virtual environment cannot be made: {tail}")
