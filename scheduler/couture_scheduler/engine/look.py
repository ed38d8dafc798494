"""One look at one DAG run: its task instances as the rules want to see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.rules import mapping, trigger_rules
from couture_scheduler.rules.plan import Plan, TaskPlan
from couture_scheduler.rules.ready import Past, View
from couture_scheduler.rules.trigger_rules import Above
from couture_scheduler.states import FINISHED, STARTABLE, TaskState
from couture_scheduler.store import runs, xcoms


@dataclass
class Look:
    """What is known of a run while it is looked at.

    Attributes:
        rows: by task_id and map_index, what the rules look at of each task instance.
        states: their states, kept up to date while changes are collected.
        changes: task instances that take a state without running: {id: (state, reason)}.
        ready: ids of those that only wait for slots.
        due: the earliest time at which something changes by itself.
    """

    tx: Tx
    run: Any
    plan: Plan
    dag: Any
    rows: dict[str, dict[int, Any]] = field(default_factory=dict)
    states: dict[str, dict[int, str]] = field(default_factory=dict)
    changes: dict[int, tuple[TaskState, str]] = field(default_factory=dict)
    ready: list[int] = field(default_factory=list)
    due: datetime | None = None
    _tallies: dict[str, dict[str, int]] = field(default_factory=dict)
    _above: dict[str, tuple[list[Above], list[Above]]] = field(default_factory=dict)
    _pushed: dict[tuple[str, str], xcoms.Pushed] | None = None
    _past: list[Past | None] = field(default_factory=list)

    def take(self, task_id: str, found: Iterable[Any]) -> None:
        """Take the rows of one task, in place of those that were known."""
        self.rows[task_id] = {row.map_index: row for row in found}
        self.states[task_id] = {index: row.state for index, row in self.rows[task_id].items()}
        self._tallies.pop(task_id, None)

    def become(self, row: Any, state: TaskState, reason: str) -> None:
        """Note that a task instance takes a state without running."""
        self.changes[row.id] = (state, reason)
        self.states[row.task_id][row.map_index] = state
        self._tallies.pop(row.task_id, None)

    def wait_until(self, moment: datetime | None) -> None:
        """Note that something changes by itself at `moment`."""
        if moment is not None and (self.due is None or moment < self.due):
            self.due = moment

    def startable(self, task_id: str) -> list[Any]:
        """Return the rows of a task that a rule may start or end."""
        states = self.states.get(task_id)
        if states is None or STARTABLE.isdisjoint(states.values()):
            return []
        found = self.rows[task_id].items()
        return [row for index, row in found if states[index] in STARTABLE]

    def tally(self, task_id: str) -> Mapping[str, int]:
        """Return how many instances of a task are in which state."""
        found = self._tallies.get(task_id)
        if found is None:
            found = self._tallies[task_id] = _count(self.states.get(task_id, {}).values())
        return found

    def tallies(self) -> dict[str, Mapping[str, int]]:
        """Return the tally of every task that the run has."""
        return {task_id: self.tally(task_id) for task_id in self.states}

    def view(self, task: TaskPlan, row: Any) -> View:
        """Return a task instance as the rules want to see it."""
        above, setups = self._surroundings(task, row.map_index)
        past = self.past() if task.depends_on_past else None
        return View(task, row, above, self.tx.now, self.run.state, self.dag.is_paused, setups, past)

    def _surroundings(self, task: TaskPlan, index: int) -> tuple[list[Above], list[Above]]:
        """Return what is above an instance, and the setups round it.

        Tasks are looked at in topological order, so what is above has its final state by then.
        """
        if index < 0 or not self._differs_by_index(task):
            found = self._above.get(task.task_id)
            if found is None:
                whole = [self._all_of(name) for name in task.upstream]
                found = whole, [self._all_of(name) for name in task.setups]
                self._above[task.task_id] = found
            return found
        above = [self._part_of(name, task, index) for name in task.upstream]
        return above, [self._part_of(name, task, index) for name in task.setups]

    def _differs_by_index(self, task: TaskPlan) -> bool:
        near = (*task.upstream, *task.setups) if task.scopes else ()
        return any(mapping.shared(task.scopes, self.plan.tasks[name].scopes) for name in near)

    def _all_of(self, task_id: str) -> Above:
        return Above(task_id, self.tally(task_id), self.plan.tasks[task_id].is_setup)

    def _part_of(self, task_id: str, task: TaskPlan, index: int) -> Above:
        """Return those instances of a task above that matter for instance `index` of `task`."""
        above = self.plan.tasks[task_id]
        if task.trigger_rule in trigger_rules.FAST and task.stands_in_mapped_group:
            return self._all_of(task_id)  # as Airflow has it: whichever ends first
        indexes = mapping.matching(task.scopes, above.scopes, index, self.length)
        if indexes is None:
            return self._all_of(task_id)
        states = self.states.get(task_id, {})
        wanted = (states[one] for one in (-1, *indexes) if one in states)
        return Above(task_id, _count(wanted), above.is_setup)

    def length(self, task_id: str, key: str) -> int | None:
        """Return the length of what a task pushed; None = it is not over, or pushed none."""
        states = self.states.get(task_id, {})
        if not FINISHED.issuperset(states.values()):
            return None
        if self._pushed is None:
            self._pushed = xcoms.lengths(self.tx, self.run.id, self.plan.producers)
        pushed = self._pushed.get((task_id, key))
        if self.plan.tasks[task_id].scopes:
            return pushed.instances if pushed else 0
        return pushed.length if pushed else None

    def past(self) -> Past | None:
        """Return the run before this one; asked for once a look."""
        if not self._past:
            self._past.append(self._find_past())
        return self._past[0]

    def _find_past(self) -> Past | None:
        catchup = bool(self.dag.catchup)
        before = runs.find_previous(self.tx, self.run, manual_too=not catchup)
        if before is None:
            return None
        states = runs.states_by_task(self.tx, before.id)
        missing = [one.task_id for one in self.plan.tasks.values() if one.depends_on_past]
        missing = [task_id for task_id in missing if task_id not in states]
        earlier = runs.which_ran_before(self.tx, self.run, missing) if missing else ()
        return Past(before.logical_date, catchup, states, earlier)


def open_look(tx: Tx, plan: Plan, run: Any, dag: Any, rows: list[Any] | None = None) -> Look:
    """Look at the task instances of a run; `rows` where they were read already."""
    look = Look(tx, run, plan, dag)
    by_task: dict[str, list[Any]] = {}
    for row in rows or runs.list_states(tx, run.id):
        by_task.setdefault(row.task_id, []).append(row)
    for task_id, rows in by_task.items():
        look.take(task_id, rows)
    return look


def _count(states: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for state in states:
        counts[state] = counts.get(state, 0) + 1
    return counts
