"""Which files of the DAG folder are DAG files."""

import os
from collections.abc import Iterator
from pathlib import Path

from couture_scheduler.parsing.ignore import Ignored

_HIDDEN = ("__pycache__", "node_modules")


def list_dag_files(root: Path, syntax: str = "regexp") -> dict[str, tuple[int, int]]:
    """Return the DAG files below `root`: {relative path: (mtime in ns, size)}.

    Args:
        syntax: of `.airflowignore`, see `parsing.ignore`.
    """
    found = {}
    for path in _walk(root, root, Ignored(syntax), frozenset()):
        try:
            stat = path.stat()
            if looks_like_dag_file(path):
                found[path.relative_to(root).as_posix()] = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            continue  # gone meanwhile: the next event tells
    return found


def is_candidate(root: Path, path: Path) -> bool:
    """Say whether a path below `root` may be a DAG file or a helper of one, by its name alone."""
    try:
        parts = path.relative_to(root).parts
    except ValueError:
        return False
    return not any(part.startswith(".") or part in _HIDDEN or not _is_text(part) for part in parts)


def _is_text(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


def looks_like_dag_file(path: Path) -> bool:
    """Say whether a Python file speaks of DAGs at all (Airflow's safe mode).

    One that is there and cannot be read may: importing it tells why it cannot.
    """
    try:
        text = path.read_bytes().lower()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return False
    except OSError:
        return True
    return b"dag" in text and (b"airflow" in text or b"couture_operators" in text)


def _walk(root: Path, folder: Path, ignored: Ignored, above: frozenset[str]) -> Iterator[Path]:
    ignored = ignored.below(folder)
    try:
        entries = sorted(folder.iterdir())
        real = os.path.realpath(folder, strict=True)
    except OSError:
        return
    if real in above:  # a link to a folder that it lies in
        return
    for entry in entries:
        if not is_candidate(root, entry) or entry in ignored:
            continue
        if entry.is_dir():
            yield from _walk(root, entry, ignored, above | {real})
        elif entry.suffix == ".py" and entry.is_file():
            yield entry
