"""What the checker judges by: plain data from ledgers, a dump, logs and censuses. Times are seconds
since the epoch."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from chaos.workload import Schedule

Ti = tuple[str, str, str, int]  #: dag_id, run_id, task_id, map_index
Row = SimpleNamespace


@dataclass(frozen=True)
class Line:
    """What a task wrote: start, effect, end, raise or OVERLAP."""

    kind: str
    ti: Ti
    try_number: int
    token: str
    pid: int
    host: str
    mono: float
    wall: float


@dataclass(frozen=True)
class Call:
    """A call of the client: what was asked, and "done", "refused" or "none" (no answer came)."""

    number: int
    service: str
    dag_id: str | None
    run_id: str | None
    answer: str
    wall: float = 0.0


@dataclass(frozen=True)
class Fault:
    """A fault as it was done; see `faults.kinds.Touched` and `plan.Planned`."""

    number: int
    kind: str
    since: float
    until: float
    pids: tuple[int, ...] = ()
    hosts: tuple[str, ...] = ()
    host: bool = False
    actor: str | None = None
    outage: bool = False
    outage_of: str | None = None
    not_applied: str | None = None

    def holds_up(self, host: str | None) -> bool:
        """Say whether nobody, or not that host, could be expected to go on meanwhile."""
        return self.outage or (host is not None and self.outage_of == host)


@dataclass(frozen=True)
class Seen:
    """A process as a census found it."""

    wall: float
    pid: int
    born: int
    role: str
    token: str | None = None


@dataclass(frozen=True)
class Violation:
    """Something that must not be.

    Attributes:
        invariant: I1 to I14, or G14.
        subject: of what; a task instance's id leads to its timeline.
    """

    invariant: str
    text: str
    ti: Ti | None = None


@dataclass
class Evidence:
    """One run of the regime.

    Attributes:
        tables: rows by table, as dumped when all was quiet.
        survivors: task instances whose locks were held by somebody when all was over.
        left: processes and temporary files that were there after the end.
        task_logs: the logs of tries.
        process_logs: by the process's name.
        outputs: executed notebooks by their tokens, as parsed.
        imports: pid and command line of each process that has imported a DAG file.
        leaks: where a secret was found in the clear.
        torn: visible files that are not whole.
        resources: "start" and "end": by role what was used.
        switched_off: when the schedules were told to end.
    """

    lines: list[Line] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    census: list[Seen] = field(default_factory=list)
    survivors: list[Ti] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    task_logs: dict[tuple[Ti, int], str] = field(default_factory=dict)
    process_logs: dict[str, str] = field(default_factory=dict)
    outputs: dict[tuple[Ti, int], Any] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    resources: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    schedules: list[Schedule] = field(default_factory=list)
    switched_off: float = 0.0
    max_lost: int = 3
    lease: float = 30.0  #: seconds for which a host may be silent

    def rows(self, table: str) -> list[Row]:
        """Return a table's rows."""
        return self.tables.get(table, [])

    @cached_property
    def runs(self) -> dict[int, Row]:
        """DAG runs by their keys."""
        return {row.id: row for row in self.rows("dag_run")}

    @cached_property
    def tis(self) -> dict[int, Row]:
        """Task instances by their keys."""
        return {row.id: row for row in self.rows("task_instance")}

    @cached_property
    def name_of(self) -> dict[int, Ti]:
        """What the ledger calls a task instance."""
        return {
            row.id: (row.dag_id, self.runs[row.run_pk].run_id, row.task_id, row.map_index)
            for row in self.tis.values()
        }

    @cached_property
    def attempts_of(self) -> dict[int, list[Row]]:
        """Attempts by task instance, in their order."""
        found = defaultdict(list)
        for row in sorted(self.rows("attempt"), key=lambda row: row.number):
            found[row.ti_id].append(row)
        return found

    @cached_property
    def host_of(self) -> dict[str, str | None]:
        """On which host an attempt ran, by its token."""
        return {row.id: row.host_id for row in self.rows("attempt")}

    @cached_property
    def lines_of(self) -> dict[str, list[Line]]:
        """Ledger lines by token."""
        return _grouped(self.lines, "token")

    @cached_property
    def lines_of_ti(self) -> dict[Ti, list[Line]]:
        """Ledger lines by task instance."""
        return _grouped(self.lines, "ti")

    def timeline(self, ti: Ti) -> list[str]:
        """Return everything known about a task instance, in the order of time."""
        told = [(line.wall, f"ledger   {line.kind} try {line.try_number} pid {line.pid} "
                 f"{line.token[:8]}") for line in self.lines_of_ti.get(ti, ())]  # fmt: skip
        keys = {key for key, name in self.name_of.items() if name == ti}
        for row in self.rows("history"):
            if row.kind == "task_instance" and int(row.entity_id) in keys:
                what = f"{row.before} -> {row.after} by {row.actor} {(row.token or '')[:8]}"
                told.append((row.at, f"history  {row.seq} {what} {row.reason or ''}"))
        for key in keys:
            told += [(row.created_at, f"attempt  {row.number} {row.id[:8]} {row.state}: "
                      f"{row.reason}") for row in self.attempts_of.get(key, ())]  # fmt: skip
        if told:
            first, last = min(told)[0] - 1, max(told)[0] + 1
            told += [(one.since, f"fault    {one.number} {one.kind} until {stamp(one.until)}")
                     for one in self.faults if one.since < last and one.until > first]  # fmt: skip
        return [f"{stamp(wall)} {text}" for wall, text in sorted(told)]


def _grouped(things: Iterable[Any], name: str) -> dict[Any, list[Any]]:
    found = defaultdict(list)
    for one in things:
        found[getattr(one, name)].append(one)
    return found


def stamp(wall: float) -> str:
    """Return a moment as text."""
    return datetime.fromtimestamp(wall, UTC).strftime("%H:%M:%S.%f")[:-3]
