"""Import a DAG file from sources: from disk while it is parsed, from the stored version when it runs.

Whatever an import reads below the DAG folder is recorded; its hash is the file version. An attempt
imports exactly the text that was parsed, even if the files have changed since.
Runs in zygotes: standard library and couture_operators only.
"""

import hashlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

MAX_SOURCE = 2_000_000  #: a file larger than this is data, not source


class SourceError(Exception):
    """A source file cannot be read as text."""


class Sources:
    """Text files below `root`.

    Args:
        root: absolute path of the DAG folder.
        stored: {relative path: text}; None = read the disk and record what was read.
    """

    def __init__(self, root: str, stored: dict[str, str] | None = None):
        self.root = root.rstrip("/")
        self.stored = stored
        self.texts: dict[str, str] = dict(stored or {})
        self.touched: dict[str, str] = {}

    def read(self, relative: str) -> str | None:
        """Return the text of one file, or None if there is no such file.

        Raises:
            SourceError: it is not text in the encoding that it declares.
        """
        if relative in self.texts or self.stored is not None:
            return self.texts.get(relative)
        try:
            data = (Path(self.root) / relative).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except PermissionError:
            raise SourceError(
                f"{relative} was saved by somebody else, so it cannot be imported here."
            ) from None
        self.note(relative, data)
        try:
            text = importlib.util.decode_source(data)
        except (SyntaxError, UnicodeDecodeError) as error:
            raise SourceError(f"{relative} is not valid UTF-8 text: {error}") from error
        self.texts[relative] = text
        return text

    def has_folder(self, relative: str) -> bool:
        """Say whether there is a folder, of a stored version one with something in it."""
        if self.stored is None:
            return (Path(self.root) / relative).is_dir()
        return any(path.startswith(f"{relative}/") for path in self.stored)

    def note(self, relative: str, data: bytes) -> None:
        """Record that a file was read; its hash becomes part of the version."""
        self.touched[relative] = hashlib.sha256(data).hexdigest()

    def relative(self, path: str) -> str | None:
        """Return `path` relative to the root, or None if it lies elsewhere."""
        path = os.path.abspath(path)  # noqa: PTH100 - no links followed, hot in the audit hook
        return path[len(self.root) + 1 :] if path.startswith(self.root + "/") else None

    def record_opens(self) -> None:
        """Record every file below the root that is opened from now on. Cannot be undone."""
        opening: list[str] = []

        def hook(event: str, args: tuple) -> None:
            if event != "open" or not isinstance(args[0], str) or opening:
                return
            relative = self.relative(args[0])
            if relative is None or relative in self.touched or "__pycache__" in relative:
                return
            opening.append(relative)
            try:
                path = Path(self.root) / relative
                if path.is_file():
                    self.note(relative, path.read_bytes())
            except OSError:
                pass
            finally:
                opening.pop()

        sys.addaudithook(hook)


class SourceFinder(MetaPathFinder, InspectLoader):
    """Finds modules among `sources`: in the DAG folder, then beside the DAG file."""

    def __init__(self, sources: Sources, beside: str):
        self.sources = sources
        self.folders = list(dict.fromkeys(["", beside]))
        self._found: dict[str, str] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Look for `a/b.py` or `a/b/__init__.py`, then for a folder `a/b` (PEP 420)."""
        tail = fullname.rpartition(".")[2]
        bases = [f"{folder}/{tail}" if folder else tail for folder in self._folders(path)]
        for base in bases:
            for relative, is_package in ((f"{base}/__init__.py", True), (f"{base}.py", False)):
                if self.sources.read(relative) is not None:
                    return self._spec(fullname, relative, is_package)
        folders = [f"{self.sources.root}/{base}" for base in bases if self.sources.has_folder(base)]
        if not folders:
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = folders
        return spec

    def _folders(self, path: Sequence[str] | None) -> list[str]:
        if path is None:
            return self.folders
        return [found for entry in path if (found := self.sources.relative(entry)) is not None]

    def _spec(self, fullname: str, relative: str, is_package: bool) -> ModuleSpec:
        self._found[fullname] = relative
        origin = f"{self.sources.root}/{relative}"
        spec = ModuleSpec(fullname, self, origin=origin, is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [origin.rpartition("/")[0]]
        return spec

    def get_source(self, fullname: str) -> str | None:
        """Return a module's text; tracebacks show it through linecache."""
        relative = self._found.get(fullname)
        return None if relative is None else self.sources.read(relative)

    def get_code(self, fullname: str) -> CodeType | None:
        """Compile a module."""
        source = self.get_source(fullname)
        if source is None:
            return None
        path = f"{self.sources.root}/{self._found[fullname]}"
        return compile(source, path, "exec", dont_inherit=True)

    def is_package(self, fullname: str) -> bool:
        """Say whether a module is a package."""
        return self._found[fullname].endswith("/__init__.py")

    def load_main(self, relative: str) -> ModuleType:
        """Import the DAG file itself, under a name that no other module has."""
        name = "couture_dag_" + Path(relative).stem.replace(".", "_").replace("-", "_")
        module = importlib.util.module_from_spec(self._spec(name, relative, is_package=False))
        sys.modules[name] = module
        self.exec_module(module)
        return module


class _Submodules(MetaPathFinder):
    """Asked before Python's own finder, which would take parts of our packages from the disk."""

    def __init__(self, finder: SourceFinder):
        self._finder = finder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Look for a module below a package of the DAG folder; leave all others alone."""
        return None if path is None else self._finder.find_spec(fullname, path, target)


def load_dags(sources: Sources, relative: str) -> dict:
    """Import the DAG file `relative` and return its DAGs by dag_id.

    Raises:
        Exception: whatever the author's code raises.
    """
    from couture_operators import registry

    finder = SourceFinder(sources, relative.rpartition("/")[0])
    sys.meta_path.insert(0, _Submodules(finder))
    sys.meta_path.append(finder)  # installed packages go before modules of the DAG folder
    registry.reset(f"{sources.root}/{relative}")
    module = finder.load_main(relative)
    return {dag.dag_id: dag for dag in registry.collect(vars(module))}
