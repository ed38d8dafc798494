"""Who may read which file where people have uids of their own, and the agent is root.

The agent acts on files as the system uid (Linux's file system uid), so that service and scheduler
can use what it makes. Here alone it is root for a moment, to let a person's processes read what that
person wrote: the owner stays the system, the group becomes the person's.
"""

import contextlib
import ctypes
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from couture_scheduler.db.database import Tx
from couture_scheduler.settings import CONFIG_FILE, Settings
from couture_scheduler.store import dag_sources
from couture_scheduler.worker.run_as import RunAs, run_as

_PASS = 0o711
_HIDDEN = ("__pycache__", "node_modules")
_libc = ctypes.CDLL(None, use_errno=True)


def act_as(uid: int) -> None:
    """Have this thread make and open files as `uid` from now on; signals and setuid stay root's."""
    _libc.setfsgid(uid)
    _libc.setfsuid(uid)


class Ownership:
    """Sets owners and modes below COUTURE_HOME; does nothing where all have one uid.

    Attributes:
        is_needed: whether people have uids of their own.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.is_needed = settings.own_uids and os.geteuid() == 0

    def begin(self, tx: Tx) -> None:
        """Act as the system uid, and open what is nobody's to all DAGs."""
        if not self.is_needed:
            return
        act_as(self.settings.system_uid)
        with self._root():
            self.settings.outputs_path.chmod(_PASS)
            self._close(self.settings.home_path)
            self._open_tree(self.settings.home_path / "notebooks", 0o755, set())
            authored = set(dag_sources.list_sources(tx))
            self._open_tree(self.settings.dags_path, _PASS, authored)
            nobody = run_as(tx, self.settings, None)
        self.make_home(nobody)

    def author_of(self, tx: Tx, path: str) -> RunAs:
        """Return under whom a DAG file is imported, which may read it from now on."""
        account = dag_sources.author_of(tx, path, _sha256(self.settings.dags_path / path))
        who = run_as(tx, self.settings, account)
        if self.is_needed:
            with self._root():
                self._give(path, who)
            self.settle(tx, who)
        return who

    def settle(self, tx: Tx, who: RunAs) -> None:
        """Let an account's processes read all that the account saved, and nothing else has changed."""
        if not self.is_needed or who.account is None:
            return
        for row in dag_sources.list_of_account(tx, who.account):
            if _sha256(self.settings.dags_path / row.path) == row.sha256:
                with self._root():
                    self._give(row.path, who)

    def make_home(self, who: RunAs) -> None:
        """Make the folder of whom files run under, where it is missing."""
        if os.path.isdir(who.home):  # noqa: PTH112 - at every attempt
            return
        home = Path(who.home)
        with self._root():
            home.parent.mkdir(exist_ok=True, mode=_PASS)
            home.mkdir(mode=0o700, exist_ok=True)
            if who.uid is not None:
                os.chown(home, who.uid, who.uid)

    def make_folder(self, folder: Path, who: RunAs) -> None:
        """Make a folder below COUTURE_HOME that `who` writes to and service and scheduler read."""
        if who.uid is None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return
        folder.mkdir(parents=True, exist_ok=True)
        with self._root():
            for above in folder.parents:
                if above == self.settings.home_path:
                    break
                above.chmod(_PASS)
            os.chown(folder, who.uid, self.settings.system_uid)
            folder.chmod(0o2770)

    def _give(self, path: str, who: RunAs) -> None:
        """Let the processes of `who` read one file below dags/."""
        root = self.settings.dags_path
        try:
            fd = os.open(root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return  # gone, or a link: what it leads to is not ours
        try:
            _set(fd, self.settings.system_uid, who.uid or 0, 0o640)
        finally:
            os.close(fd)
        for folder in (root / path).parents:
            if folder == root:
                break
            if folder.stat().st_mode & 0o7777 != _PASS:
                folder.chmod(_PASS)

    def _close(self, home: Path) -> None:
        """Leave what lies in COUTURE_HOME itself to the system: the database and the key."""
        for path in home.iterdir():
            if path.is_file() and not path.is_symlink():
                is_code = path.name == CONFIG_FILE  # which root runs: the system only reads it
                os.chown(path, 0 if is_code else self.settings.system_uid, self.settings.system_uid)
                path.chmod(0o640 if is_code else 0o600)

    def _open_tree(self, root: Path, mode: int, authored: set[str]) -> None:
        """Let the files below `root` that are nobody's be read by what is nobody's.

        Args:
            mode: of the folders.
        """
        for folder, names, files in os.walk(root):
            names[:] = [one for one in names if not one.startswith(".") and one not in _HIDDEN]
            Path(folder).chmod(mode)
            for name in files:
                path = Path(folder, name)
                if path.relative_to(root).as_posix() in authored or path.is_symlink():
                    continue
                os.chown(path, self.settings.system_uid, self.settings.run_uid)
                path.chmod(0o640)

    @contextlib.contextmanager
    def _root(self) -> Iterator[None]:
        if not self.is_needed:
            yield
            return
        act_as(0)
        try:
            yield
        finally:
            act_as(self.settings.system_uid)


def _set(fd: int, uid: int, gid: int, mode: int) -> None:
    """Set owner and mode where they differ: each change would have the file parsed again."""
    found = os.fstat(fd)
    if (found.st_uid, found.st_gid) != (uid, gid):
        os.fchown(fd, uid, gid)
    if found.st_mode & 0o7777 != mode:
        os.fchmod(fd, mode)


def _sha256(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
