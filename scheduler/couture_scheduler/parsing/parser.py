"""The parser: a thread of the scheduler that keeps the database in step with the DAG folder."""

import logging
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError
from watchfiles import watch

from couture_scheduler import ipc
from couture_scheduler.db.database import Database
from couture_scheduler.errors import StaleState
from couture_scheduler.parsing.folder import is_candidate, list_dag_files, looks_like_dag_file
from couture_scheduler.parsing.ignore import IGNORE_FILE
from couture_scheduler.parsing.save import Saved, forget_file, save_report
from couture_scheduler.settings import Settings
from couture_scheduler.store import dags

log = logging.getLogger(__name__)
_QUIET_MS = 100
_OUTSTANDING = 4
_TRIES = 5


class AgentClient:
    """Asks the agent of this host to import files; answers come in any order."""

    def __init__(self, path: Path, root: Path):
        self._path = path
        self._root = str(root)
        self._socket: socket.socket | None = None

    def parse(self, paths: Iterable[str], take: Callable[[str, dict[str, Any]], None]) -> None:
        """Have files imported and call `take` with each report.

        Raises:
            OSError: the agent is not there, or went away.
        """
        waiting = list(paths)
        asked: set[str] = set()
        sock = self._connect()
        try:
            while waiting or asked:
                while waiting and len(asked) < _OUTSTANDING:
                    path = waiting.pop(0)
                    ipc.send(sock, {"id": path, "root": self._root, "path": path})
                    asked.add(path)
                received = ipc.receive(sock)
                if received is None:
                    raise ConnectionResetError("the agent went away")
                answer, _ = received
                asked.discard(answer["id"])
                take(answer["id"], answer["report"])
        except BaseException:
            self.close()
            raise

    def _connect(self) -> socket.socket:
        if self._socket is None:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                with ipc.address(self._path) as place:
                    sock.connect(place)
            except OSError:
                sock.close()
                raise
            self._socket = sock
        return self._socket

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Parser:
    """Decides what to parse when, and saves what comes back.

    Args:
        on_change: called after something changed: the scheduler's bell.
    """

    def __init__(
        self,
        settings: Settings,
        db: Database,
        client: AgentClient,
        on_change: Callable[[], None],
    ):
        self.settings = settings
        self.db = db
        self.client = client
        self.on_change = on_change
        self._stop = threading.Event()
        self._changes: queue.Queue[set[Path]] = queue.Queue()
        self._known: dict[str, tuple[int, int]] = {}
        self._users: dict[str, set[str]] = {}
        self._rereads: dict[str, float] = {}
        self._refused: dict[str, set[str]] = {}  #: by path, the DAGs that another file had first

    def start(self) -> None:
        """Begin watching and parsing in the background."""
        for target in (self._watch, self._work):
            threading.Thread(target=target, name=f"parser{target.__name__}", daemon=True).start()

    def stop(self) -> None:
        """End both threads."""
        self._stop.set()
        self._changes.put(set())

    def _watch(self) -> None:
        root = self.settings.dags_path
        while not self._stop.is_set():
            try:
                for changes in watch(
                    root, step=_QUIET_MS, debounce=1000, stop_event=self._stop, watch_filter=None
                ):
                    paths = {Path(path) for _, path in changes}
                    if relevant := {path for path in paths if is_candidate(root, path)}:
                        self._changes.put(relevant)
            except Exception:
                log.exception("Watching %s failed; the full scan goes on meanwhile", root)
                self._stop.wait(5.0)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self._keep_up()
            except Exception:
                log.exception("Parsing failed; all files are looked at again in a second")
                self._stop.wait(1.0)

    def _keep_up(self) -> None:
        self._known.clear()
        pending: set[str] = self._remember() | self._scan()
        next_scan = time.monotonic() + self.settings.scan_interval
        while not self._stop.is_set():
            if pending:
                pending = self._parse(pending)
            due = min([next_scan, *self._rereads.values()]) - time.monotonic()
            pending |= self._take_changes(0.5 if pending else max(0.0, due))
            if time.monotonic() >= next_scan:
                pending |= self._scan()
                next_scan = time.monotonic() + self.settings.scan_interval
            pending |= {path for path, due in self._rereads.items() if due <= time.monotonic()}

    def _remember(self) -> set[str]:
        """Read what is known of files; return those that the disk no longer has."""
        with self.db.read() as tx:
            rows = dags.list_files(tx)
        for row in rows:
            self._learn(row.path, row.touched or {}, row.reads_runtime)
        return {row.path for row in rows if not (self.settings.dags_path / row.path).exists()}

    def _scan(self) -> set[str]:
        """Compare the folder with what was parsed last."""
        found = self._list()
        changed = {path for path, seen in found.items() if self._known.get(path) != seen}
        gone = {path for path in self._known if path not in found}
        self._known.update(found)
        return changed | gone

    def _list(self) -> dict[str, tuple[int, int]]:
        return list_dag_files(self.settings.dags_path, self.settings.ignore_file_syntax)

    def _take_changes(self, wait: float) -> set[str]:
        try:
            paths = self._changes.get(timeout=wait)
        except queue.Empty:
            return set()
        found: set[str] = set()
        for path in paths:
            relative = path.relative_to(self.settings.dags_path).as_posix()
            found |= self._users.get(relative, set())
            if path.suffix == ".py" and (relative in self._known or looks_like_dag_file(path)):
                found.add(relative)
            elif path.is_dir() or not path.exists() or path.name == IGNORE_FILE:
                found |= self._scan()
        return found

    def _parse(self, pending: set[str]) -> set[str]:
        """Parse what is there, forget what is not, and return what could not be done now."""
        left = set(pending)
        present = []
        listed = self._list()
        for path in sorted(pending):
            if path in listed:
                present.append(path)
            else:
                left.discard(path)
                left |= self._forget(path)

        def take(path: str, report: dict[str, Any]) -> None:
            left.discard(path)
            left.update(self._save(path, report))

        try:
            self.client.parse(present, take)
        except OSError as error:
            log.debug("the agent cannot be reached: %s", error)
        return left

    def _save(self, path: str, report: dict[str, Any]) -> set[str]:
        """Save a report; return the files whose DAGs it had and has no longer."""
        try:
            saved = self._store(path, report)
        except OperationalError:  # the database is away: all is looked at again
            raise
        except Exception:
            log.exception("What importing %s brought cannot be saved", path)
            return set()
        self._learn(path, report.get("touched") or {}, bool(report.get("reads_runtime")))
        stat = _fingerprint(self.settings.dags_path / path)
        if stat:
            self._known[path] = stat
        if saved.changed:
            self.on_change()
        self._refused[path] = set(saved.refused)
        return self._refused_for(saved.gone)

    def _store(self, path: str, report: dict[str, Any]) -> Saved:
        """Save a report in a transaction; another scheduler may be saving the same one."""
        for left in reversed(range(_TRIES)):
            try:
                with self.db.write() as tx:
                    return save_report(tx, path, report, self.settings)
            except (StaleState, IntegrityError):
                if not left:
                    raise
        raise AssertionError

    def _forget(self, path: str) -> set[str]:
        with self.db.write() as tx:
            gone = forget_file(tx, path)
        self._known.pop(path, None)
        self._refused.pop(path, None)
        self._learn(path, {}, False)
        self.on_change()
        return self._refused_for(gone)

    def _refused_for(self, gone: Iterable[str]) -> set[str]:
        """Return the files that may define these DAGs now that the file that did does not."""
        return {path for path, dag_ids in self._refused.items() if dag_ids & set(gone)}

    def _learn(self, path: str, touched: dict[str, str], reads_runtime: bool) -> None:
        for users in self._users.values():
            users.discard(path)
        for name in touched:
            self._users.setdefault(name, set()).add(path)
        self._rereads.pop(path, None)
        if reads_runtime:
            self._rereads[path] = time.monotonic() + self.settings.runtime_reparse_seconds


def _fingerprint(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
