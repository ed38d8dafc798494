"""Files and folders, under the names of `airflow.utils.file`."""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TemporaryDirectory = tempfile.TemporaryDirectory
#: a path to something inside of a zip file: the file, and the path in it
ZIP_REGEX = re.compile(rf"((.*\.zip){re.escape(os.sep)})?(.*)")


def mkdirs(path: str | os.PathLike[str], mode: int = 0o777) -> None:
    """Make a folder with those above it."""
    Path(path).mkdir(mode=mode, parents=True, exist_ok=True)


def correct_maybe_zipped(fileloc: Any) -> Any:
    """The zip file that a path leads into, else the path itself."""
    archive, _ = _split(fileloc)
    return archive or fileloc


def open_maybe_zipped(fileloc: str, mode: str = "r") -> Any:
    """Open a file, also one inside of a zip file, which is read as bytes."""
    archive, inside = _split(fileloc)
    if archive:
        return zipfile.ZipFile(archive, mode="r").open(inside)
    return Path(fileloc).open(mode)


def _split(fileloc: Any) -> tuple[str | None, str]:
    found = ZIP_REGEX.match(str(fileloc or ""))
    if found and found.group(2) and zipfile.is_zipfile(found.group(2)):
        return found.group(2), found.group(3)
    return None, str(fileloc)


def list_py_file_paths(
    directory: str | os.PathLike[str] | None, safe_mode: bool = True, **_: Any
) -> list[str]:
    """The Python files in a folder; with `safe_mode` those that may define a DAG."""
    if directory is None:
        return []
    place = Path(directory)
    files = [place] if place.is_file() else sorted(_python_files(place))
    return [str(path) for path in files if not safe_mode or might_contain_dag(str(path))]


def _python_files(place: Path) -> Iterator[Path]:
    for path in place.rglob("*.py"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def might_contain_dag(file_path: str, safe_mode: bool = True, **_: Any) -> bool:
    """Whether a file speaks of DAGs and of Airflow or this product."""
    text = Path(file_path).read_bytes().lower() if safe_mode else b"dag airflow"
    return b"dag" in text and (b"airflow" in text or b"couture" in text)


__all__ = [
    "ZIP_REGEX",
    "TemporaryDirectory",
    "correct_maybe_zipped",
    "list_py_file_paths",
    "might_contain_dag",
    "mkdirs",
    "open_maybe_zipped",
]
