"""What `.airflowignore` files leave out, read as Airflow reads them.

Each file holds for its folder and all below. `regexp` is the syntax of Airflow 1.10 and 2: a line is
searched in the path relative to the file's folder. `glob` is that of Airflow 3, and of .gitignore.
"""

import re
from collections.abc import Callable
from pathlib import Path

from pathspec import GitIgnoreSpec

IGNORE_FILE = ".airflowignore"

Fits = Callable[[str], bool]


class Ignored:
    """The lines that hold in one folder.

    Args:
        syntax: `regexp` or `glob`.
        rules: folders with what fits the lines of their file.
    """

    def __init__(self, syntax: str, rules: tuple[tuple[Path, Fits], ...] = ()):
        self._syntax, self._rules = syntax, rules

    def below(self, folder: Path) -> "Ignored":
        """Return what holds in a folder below, its own file included."""
        lines = _lines(folder / IGNORE_FILE)
        if not lines:
            return self
        fits = _glob(lines) if self._syntax == "glob" else _regexp(lines)
        return Ignored(self._syntax, (*self._rules, (folder, fits)))

    def __contains__(self, path: Path) -> bool:
        if not self._rules:
            return False
        is_folder = path.is_dir()
        for folder, fits in self._rules:
            relative = path.relative_to(folder).as_posix()
            if fits(relative) or (is_folder and fits(f"{relative}/")):
                return True
        return False


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    lines = [re.sub(r"\s*#.*", "", line).strip() for line in lines]
    return [line for line in lines if line]


def _glob(lines: list[str]) -> Fits:
    return GitIgnoreSpec.from_lines(lines).match_file


def _regexp(lines: list[str]) -> Fits:
    """Lines such as `*.py` are no regular expressions: those are meant as patterns of names."""
    patterns, globs = [], []
    for line in lines:
        try:
            patterns.append(re.compile(line))
        except re.error:
            globs.append(line)
    fits_glob = _glob(globs)
    return lambda path: any(one.search(path) for one in patterns) or fits_glob(path)
