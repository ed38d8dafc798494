"""Gathers the evidence of a run: ledgers, plain SQL over the database, logs, outputs, locks."""

import fcntl
import json
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from chaos.evidence import Call, Evidence, Fault, Line, Row, Seen, Ti
from couture_scheduler.settings import Settings

_TABLES = ("dag", "dag_run", "task_instance", "attempt", "history", "pool", "job", "audit", "host")
_MICROS = 10**14  #: an integer above this is a moment
_TEMPORARY = (".new", ".tmp")


def collect(settings: Settings, url: str, ledger: Path, evidence: Evidence) -> Evidence:
    """Fill in what is on disk and in the database; `evidence` has what the rig itself knows."""
    evidence.lines = read_ledger(ledger / "ledger")
    evidence.calls = read_calls(ledger / "calls")
    evidence.tables = dump(url)
    evidence.survivors = [ti for ti in {line.ti for line in evidence.lines} if is_held(ledger, ti)]
    evidence.left = temporary_files(settings.home_path)
    evidence.imports = _lines(ledger / "imports")
    evidence.torn = torn_notebooks(settings.home_path)
    evidence.max_lost = settings.max_lost
    evidence.lease = settings.host_lease_seconds
    for row in evidence.rows("attempt"):
        _read_files(settings, evidence, evidence.name_of[row.ti_id], row.try_number)
    for path in settings.logs_path.glob("*.log*"):
        evidence.process_logs[path.name] = path.read_text(errors="replace")
    return evidence


def read_ledger(path: Path) -> list[Line]:
    """Return the tasks' lines in the order of writing."""
    return [_line(text.split("\t")) for text in _lines(path)]


def _line(fields: list[str]) -> Line:
    kind, dag_id, run_id, task_id, index, try_number, token, pid, host, mono, wall = fields
    ti = (dag_id, run_id, task_id, int(index))
    clocks = int(mono) / 1e9, int(wall) / 1e9
    return Line(kind, ti, int(try_number), token, int(pid), host, *clocks)


def read_calls(path: Path) -> list[Call]:
    """Return the client's calls; one that was sent only has no answer."""
    found: dict[int, dict[str, Any]] = {}
    for one in map(json.loads, _lines(path)):
        found[one["number"]] = one
    names = ("number", "service", "dag_id", "run_id", "answer", "wall")
    calls = [Call(**{name: one[name] for name in names}) for one in found.values()]
    return [Call(**{**vars(one), "answer": "none"}) if one.answer == "sent" else one
            for one in calls]  # fmt: skip


def read_faults(log: list[dict[str, Any]]) -> list[Fault]:
    """Return the faults that were done."""
    names = Fault.__dataclass_fields__
    return [
        Fault(**{k: tuple(v) if isinstance(v, list) else v for k, v in one.items() if k in names})
        for one in log
    ]


def read_census(seen: list[dict[str, Any]]) -> list[Seen]:
    """Return what the censuses found."""
    return [Seen(**one) for one in seen]


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def dump(url: str) -> dict[str, list[Row]]:
    """Return the rows of all tables that matter, past the product's own code."""
    engine = create_engine(url)
    found = {}
    with engine.connect() as connection:
        for table in _TABLES:
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()
            found[table] = [Row(**{k: _plain(v) for k, v in row.items()}) for row in rows]
    engine.dispose()
    return found


def _plain(value: Any) -> Any:
    return value / 1e6 if isinstance(value, int) and value > _MICROS else value


def is_held(ledger: Path, ti: Ti) -> bool:
    """Say whether a process has the lock of a task instance."""
    path = ledger / "locks" / "~".join(map(str, ti)).replace("/", "_")
    if not path.exists():
        return False
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def temporary_files(home: Path) -> list[str]:
    """Return files that were to be renamed or removed and were not."""
    return [
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.suffix in _TEMPORARY and path.is_file()
    ]


def torn_notebooks(home: Path) -> list[str]:
    """Return the notebooks that people can see, sources and outputs, and that cannot be read."""
    visible = (path for path in home.rglob("*.ipynb") if not path.name.startswith("."))
    return [str(path.relative_to(home)) for path in visible if _parsed(path) is None]


def _parsed(path: Path) -> Any | None:
    try:
        return json.loads(path.read_text())
    except ValueError:
        return None


def _read_files(settings: Settings, evidence: Evidence, ti: Ti, try_number: int) -> None:
    dag_id, run_id, task_id, index = ti
    below = Path(dag_id, run_id, task_id, *([f"map_index={index}"] if index >= 0 else []))
    log = settings.logs_path / below / f"{try_number}.log"
    if log.exists():
        evidence.task_logs[ti, try_number] = log.read_text(errors="replace")
    output = settings.outputs_path / below / f"{try_number}.ipynb"
    if output.exists() and (notebook := _parsed(output)) is not None:
        evidence.outputs[ti, try_number] = notebook
