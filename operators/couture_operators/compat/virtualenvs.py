"""`prepare_virtualenv` of `airflow.utils.python_virtualenv`."""

from __future__ import annotations

from pathlib import Path

from couture_operators.compat.helpers import remove_task_decorator
from couture_operators.hooks.subprocess import SubprocessHook
from couture_operators.operators.venv import VenvSpec, make_venv


def prepare_virtualenv(
    venv_directory: str,
    python_bin: str,
    system_site_packages: bool,
    requirements: list[str] | None = None,
    requirements_file_path: str | None = None,
    pip_install_options: list[str] | None = None,
    index_urls: list[str] | None = None,
) -> str:
    """Make a virtual environment in a folder; the path of its interpreter."""
    if requirements is not None and requirements_file_path is not None:
        raise ValueError("prepare_virtualenv takes requirements or a file of them, not both.")
    text = "\n".join(requirements or ())
    if requirements_file_path is not None:
        text = Path(requirements_file_path).read_text(encoding="utf-8")
    spec = VenvSpec(
        requirements=text,
        system_site_packages=system_site_packages,
        pip_options=tuple(pip_install_options or ()),
        index_urls=tuple(index_urls or ()),
    )
    return make_venv(Path(venv_directory), spec, SubprocessHook(), python=python_bin)


__all__ = ["prepare_virtualenv", "remove_task_decorator"]
