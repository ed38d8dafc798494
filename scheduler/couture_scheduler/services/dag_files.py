"""DAG files: read, saved, moved and deleted by those who may; every save has its author."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Forbidden, Invalid, NotFound
from couture_scheduler.schemas.dag_files import (
    DagFile,
    DagFileBody,
    DagFileContent,
    DagFileList,
    DagFileMove,
    DagFileQuery,
)
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.authors import save_source
from couture_scheduler.services.files import sha256
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dag_sources, dags

_SIZE_LIMIT = 2_000_000
_PATH_LIMIT, _NAME_LIMIT = 400, 200  #: of a path in characters, of a name in bytes
_HIDDEN = ("__pycache__", "node_modules")
_READ, _EDIT = "can_code", "can_edit_code"


@dataclass(frozen=True)
class _Access:
    """What a file is to a person.

    Attributes:
        dag_ids: the DAGs that it defines.
        account: its author, if its content is still what the author saved.
    """

    dag_ids: tuple[str, ...]
    account: str | None

    def allows(self, actor: Actor, action: str) -> bool:
        """Say whether a person may do that to all that the file defines, or wrote it."""
        if self.dag_ids:
            return all(
                actor.sees(one) and actor.allows(action, "Airflow", one) for one in self.dag_ids
            )
        everywhere = any(one.dag is None and one.allows(action, "Airflow") for one in actor.rights)
        own = self.account is not None and self.account == actor.account
        return everywhere or (own and actor.allows(action, "Airflow"))

    def require(self, actor: Actor, path: str) -> None:
        """Refuse who may not edit the file; who may not read it is told that it is not there."""
        if not self.allows(actor, _READ):
            raise NotFound(f"There is no file {path}.")
        if not self.allows(actor, _EDIT):
            what = f"the DAG {self.dag_ids[0]!r} in it" if self.dag_ids else "this file"
            raise Forbidden(f"{actor.user} lacks the permission {_EDIT} for {what}.")


@service(_READ, "Airflow")
def get_dag_files(tx: Tx, call: Call) -> DagFileList:
    """List the text files below dags/ that the person may read."""
    root = call.workflow.settings.dags_path
    found = [_file(root, path, access, call.actor) for path, access in _readable(tx, call)]
    return DagFileList(files=[one for one in found if one is not None])


def list_readable(tx: Tx, call: Call) -> list[str]:
    """Return the paths of the text files below dags/ that the person may read."""
    return [path for path, _ in _readable(tx, call)]


def check_replaceable(tx: Tx, call: Call, path: str, data: bytes) -> str:
    """Return a path in its one form, if these data may be written there.

    Raises:
        Invalid: the path leads elsewhere, or the data are no text of allowed size.
        NotFound, Forbidden: the file is there and the person may not read or edit it.
    """
    path = _checked(call, path)
    if len(data) > _SIZE_LIMIT:
        raise Invalid(f"{path} is larger than {_SIZE_LIMIT:,} bytes.", "path")
    _text(path, data)
    before = _current(call, path)
    if before is not None:
        _access(tx, path, before).require(call.actor, path)
    return path


def _readable(tx: Tx, call: Call) -> Iterator[tuple[str, _Access]]:
    root = call.workflow.settings.dags_path
    defined, authors = dags.list_ids_by_path(tx), dag_sources.list_sources(tx)
    for path in _walk(root):
        author = _author(root, path, authors.get(path))
        access = _Access(tuple(defined.get(path, ())), author)
        if access.allows(call.actor, _READ):
            yield path, access


@service(_READ, "Airflow")
def get_dag_file(tx: Tx, call: Call, query: DagFileQuery) -> DagFileContent:
    """Return a file's text."""
    path = _checked(call, query.path)
    data = _read(tx, call, path)
    return _content(tx, call, path, data)


@service(_EDIT, "Airflow", mutates=True, secrets=("body",))
def save_dag_file(tx: Tx, call: Call, body: DagFileBody) -> DagFileContent:
    """Save a file, if it is still what was edited; a new one is made where there is none."""
    path = _checked(call, body.path)
    data = body.content.encode()
    before = _current(call, path)
    call.notes.update({"path": path, "before": _digest(before), "after": sha256(data)})
    if before is not None:
        _access(tx, path, before).require(call.actor, path)
    if _digest(before) != body.expected_sha256:
        raise Conflict(_changed(path, before, body.expected_sha256))
    save_source(tx, call, path, data)
    return _content(tx, call, path, data)


@service(_EDIT, "Airflow", mutates=True)
def move_dag_file(tx: Tx, call: Call, body: DagFileMove) -> DagFileContent:
    """Give a file another path."""
    path, new = _checked(call, body.path), _checked(call, body.new_path)
    data = _read(tx, call, path)
    access = _access(tx, path, data)
    access.require(call.actor, path)
    root = call.workflow.settings.dags_path
    if (root / new).exists():
        raise Conflict(f"There is a file {new} already.")
    (root / new).parent.mkdir(parents=True, exist_ok=True)
    (root / path).rename(root / new)
    dag_sources.delete_source(tx, path)
    if access.account:
        dag_sources.set_source(tx, new, sha256(data), access.account)
    return _content(tx, call, new, data)


@service(_EDIT, "Airflow", mutates=True)
def delete_dag_file(tx: Tx, call: Call, query: DagFileQuery) -> None:
    """Delete a file; the runs of its DAGs stay."""
    path = _checked(call, query.path)
    data = _read(tx, call, path)
    _access(tx, path, data).require(call.actor, path)
    call.notes.update({"before": sha256(data)})
    (call.workflow.settings.dags_path / path).unlink()
    dag_sources.delete_source(tx, path)


def _checked(call: Call, path: str) -> str:
    """Return a path below dags/ in its one form.

    Raises:
        Invalid: it leads out of the folder, or to what is hidden.
    """
    parts = PurePosixPath(path.strip("/")).parts
    bad = not parts or any(part.startswith(".") or part in _HIDDEN for part in parts)
    too_long = len(path) > _PATH_LIMIT or any(len(part.encode()) > _NAME_LIMIT for part in parts)
    if bad or too_long or "\\" in path or not path.isprintable():
        raise Invalid(f"{path!r} is no path of a file below dags/.", "path")
    root = call.workflow.settings.dags_path.resolve()
    real = Path(os.path.realpath(root.joinpath(*parts)))
    if not real.is_relative_to(root):
        raise Invalid(f"{path!r} leads out of dags/.", "path")
    return "/".join(parts)


def _access(tx: Tx, path: str, data: bytes) -> _Access:
    ids = dags.list_ids_of_file(tx, path)
    return _Access(tuple(ids), dag_sources.author_of(tx, path, sha256(data)))


def _read(tx: Tx, call: Call, path: str) -> bytes:
    data = _current(call, path)
    if data is None or not _access(tx, path, data).allows(call.actor, _READ):
        raise NotFound(f"There is no file {path}.")
    return data


def _current(call: Call, path: str) -> bytes | None:
    try:
        file = call.workflow.settings.dags_path / path
        if file.stat().st_size > _SIZE_LIMIT:
            raise Invalid(f"{path} is larger than {_SIZE_LIMIT:,} bytes.", "path")
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        raise Invalid(f"{path} is a folder.", "path") from None


def _content(tx: Tx, call: Call, path: str, data: bytes) -> DagFileContent:
    text = _text(path, data)
    can_edit = _access(tx, path, data).allows(call.actor, _EDIT)
    return DagFileContent(path=path, content=text, sha256=sha256(data), can_edit=can_edit)


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Invalid(f"{path} is no text in UTF-8.", "path") from None


def _changed(path: str, before: bytes | None, expected: str | None) -> str:
    if before is None:
        return f"{path} was deleted meanwhile. Save it under another name to keep your text."
    if expected is None:
        return f"There is a file {path} already."
    return f"Somebody changed {path} since you opened it. Open it again to see how."


def _walk(root: Path) -> list[str]:
    found = []
    for folder, names, files in os.walk(root):
        names[:] = sorted(one for one in names if not one.startswith(".") and one not in _HIDDEN)
        for name in sorted(files):
            if not name.startswith(".") and not name.endswith((".pyc", ".ipynb")):
                found.append(os.path.relpath(Path(folder, name), root))  # noqa: PERF401
    return sorted(found)


def _file(root: Path, path: str, access: _Access, actor: Actor) -> DagFile | None:
    try:
        stat = (root / path).stat()
    except OSError:
        return None
    return DagFile(
        path=path,
        dag_ids=list(access.dag_ids),
        account=access.account,
        modified_at=datetime.fromtimestamp(stat.st_mtime, UTC),
        size=stat.st_size,
        can_edit=access.allows(actor, _EDIT),
    )


def _author(root: Path, path: str, source: Any) -> str | None:
    """Return who saved a file, if it is still what was saved."""
    if source is None:
        return None
    try:
        data = (root / path).read_bytes()
    except OSError:
        return None
    return source.account if sha256(data) == source.sha256 else None


def _digest(data: bytes | None) -> str | None:
    return None if data is None else sha256(data)
