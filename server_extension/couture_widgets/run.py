"""A run, live: its tasks with states and durations, the log of one, stop and clear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ipywidgets import HTML, Box, Dropdown

from couture_scheduler.errors import CoutureError
from couture_scheduler.schemas.dag_views import Graph
from couture_widgets import parts
from couture_widgets.client import Client, RunLook
from couture_widgets.confirm import Confirm
from couture_widgets.live import EVERY, Live, button, pause_after, put, set_shown, tools
from couture_widgets.markup import Markup, join, tag
from couture_widgets.tail import LogTail, log_lines
from couture_widgets.words import count, moment, state_words, utc

_WHAT_MATTERS = "Log of what runs or failed"
_AFTER_THE_END = 3  #: looks for the last lines of a log
_FOR_LOG = ("failed", "running", "up_for_retry", "deferred", "up_for_reschedule")
_FAILED = ("failed", "upstream_failed")


@dataclass(frozen=True)
class LogSeen:
    """A try's log as far as it was read, or why it cannot be."""

    task_id: str
    try_number: int
    tail: LogTail
    trouble: str | None = None


@dataclass(frozen=True)
class RunSeen:
    """A run and the log of one of its tasks."""

    look: RunLook
    log: LogSeen | None


class RunWidget(Live[RunSeen]):
    """Shows a run of a DAG while it runs, until it has ended.

    Args:
        dag_id: of the DAG.
        run_id: of the run; default: the last one, whichever that is when it looks.
        client: asks the deployment; default: as the person whose process this is.
    """

    def __init__(self, dag_id: str, run_id: str | None = None, client: Client | None = None):
        self.dag_id, self.run_id = dag_id, run_id
        self._log_of = ""
        self._tails: dict[tuple[str, str, int], LogTail] = {}
        self._looks_after_end = 0
        self._head, self._body, self._log = HTML(), HTML(), HTML()
        self._confirm = Confirm()
        self._trigger = button("Trigger", self._press_trigger, "mod-primary")
        self._clear = button("Clear failed and run again", self._press_clear)
        self._stop = button("Stop", self._press_stop, "mod-danger")
        self._pick = Dropdown(options=[(_WHAT_MATTERS, "")], value="")
        self._pick.observe(self._on_pick, "value")
        spring = Box()
        spring.add_class("couture-w-spring")
        again = button("Refresh", self.refresh, "couture-w-link", title="Look again now")
        line = tools(self._trigger, self._clear, self._stop, spring, self._pick, again)
        for hidden in (self._trigger, self._clear, self._stop, self._pick):
            set_shown(hidden, is_shown=False)
        put(self._head, _head_of_nothing(dag_id))
        shown = [self._head, self._body, self._confirm, line, self._log]
        super().__init__(shown, client)

    def ask(self) -> RunSeen:
        """Return the run and the log that is shown."""
        look = self._client.look(self.dag_id, self.run_id)
        return RunSeen(look, self._ask_log(look.graph) if look.graph else None)

    def _ask_log(self, graph: Graph) -> LogSeen | None:
        task_id = self._log_of or _matters(graph)
        task = graph.states.get(task_id) if task_id else None
        if task_id is None or task is None or not task.try_number or graph.run is None:
            return None
        run_id, number = graph.run.run_id, task.try_number
        key = (run_id, task_id, number)
        if key not in self._tails:
            tail = LogTail(lambda at: self._client.log(self.dag_id, run_id, task_id, number, at))
            self._tails = {key: tail}
        try:
            self._tails[key].grow()
        except CoutureError as error:
            return LogSeen(task_id, number, self._tails[key], str(error))
        return LogSeen(task_id, number, self._tails[key])

    def show(self, found: RunSeen, now: datetime) -> float | None:
        """Show the run; look again until it has ended and its log is read."""
        look, graph = found.look, found.look.graph
        put(self._head, _head(look, now))
        put(self._body, run_body(graph, now) if graph else parts.quiet("No run yet."))
        put(self._log, _log(found.log))
        self._show_tools(look)
        run = graph.run if graph else None
        if parts.is_active(run):
            self._looks_after_end = 0
            return pause_after(run, look.dag.is_paused)
        self._looks_after_end += 1
        is_read = found.log is None or found.log.trouble or found.log.tail.is_whole
        return None if is_read or self._looks_after_end > _AFTER_THE_END else EVERY

    def _show_tools(self, look: RunLook) -> None:
        rights, graph = look.dag.rights, look.graph
        run = graph.run if graph else None
        states = [task.state for task in graph.states.values()] if graph else []
        active = parts.is_active(run)
        can_start = self.run_id is None and not active and "can_trigger" in rights
        set_shown(self._trigger, is_shown=can_start)
        set_shown(self._stop, is_shown=active and "can_success" in rights)
        failed = any(state in _FAILED for state in states)
        set_shown(self._clear, is_shown=failed and "can_clear" in rights)
        names = [name for name, _ in parts.tasks_of(graph)] if graph else []
        set_shown(self._pick, is_shown=bool(names) and "can_log" in rights)
        options = [(_WHAT_MATTERS, ""), *((f"Log of {name}", name) for name in names)]
        if list(self._pick.options) != options:
            chosen = self._pick.value
            self._pick.options = options
            self._pick.value = chosen if chosen in names else ""

    def table(self, found: RunSeen, now: datetime) -> tuple[str, Sequence[Sequence[str]]]:
        """Return the tasks of the run."""
        return run_table(found.look, now)

    def _on_pick(self, change: Any) -> None:
        if change["new"] != self._log_of:
            self._log_of = change["new"]
            self._looks_after_end = 0
            self.refresh()

    def _press_trigger(self) -> None:
        self.act(lambda: self._client.trigger(self.dag_id, None))

    def _press_stop(self) -> None:
        run_id = self._shown_run()
        if run_id is None or self._seen is None or self._seen.look.graph is None:
            return
        counts = parts.count_states(self._seen.look.graph)
        live = counts.get("running", 0) + counts.get("queued", 0)
        text = (
            f"Stop this run? {count(live, 'task')} will be ended; what has not started is skipped."
        )
        stop = lambda: self.act(lambda: self._client.stop(self.dag_id, run_id))  # noqa: E731
        self._confirm.ask(text, "Stop the run", stop)

    def _press_clear(self) -> None:
        run_id = self._shown_run()
        if run_id is None:
            return

        def clear(*, dry_run: bool) -> list[str]:
            return self._client.clear(self.dag_id, run_id, dry_run=dry_run)

        def ask(names: list[str]) -> None:
            number = count(len(names), "task")
            text = f"Clear {number} and run again? {', '.join(names[:20])}"
            do = lambda: self.act(lambda: clear(dry_run=False))  # noqa: E731
            self._confirm.ask(text, f"Clear {number}", do)

        self.act(lambda: clear(dry_run=True), ask)

    def _shown_run(self) -> str | None:
        graph = self._seen.look.graph if self._seen else None
        return graph.run.run_id if graph and graph.run else None


def run_body(graph: Graph, now: datetime) -> Markup:
    """Return how far a run is, and its tasks."""
    return join([parts.progress(graph), parts.task_table(graph, now)])


def run_table(look: RunLook, now: datetime) -> tuple[str, list[Sequence[str]]]:
    """Return the tasks of a run as rows, and what they are rows of."""
    graph = look.graph
    if graph is None or graph.run is None:
        return f"{look.dag.dag_id}: no run yet", []
    heading = f"{look.dag.dag_id}  {graph.run.run_id}  {parts.run_words(graph.run, now)}"
    rows = [
        (name, state_words(task.state), str(task.try_number or ""), parts.took_words(task, now))
        for name, task in parts.tasks_of(graph)
    ]
    return heading, [("Task", "State", "Try", "Duration"), *rows]


def _head_of_nothing(dag_id: str) -> Markup:
    return tag("div", tag("span", dag_id, class_="couture-w-name"), class_="couture-w-head")


def _head(look: RunLook, now: datetime) -> Markup:
    run = look.graph.run if look.graph else None
    shown: list[Markup | None] = [tag("span", look.dag.display_name, class_="couture-w-name")]
    if run is not None:
        facts = [tag("span", f"Run of {moment(run.run_after, now)}", title=utc(run.run_after))]
        if run.state == "queued" and look.dag.is_paused:
            facts.append(tag("span", "waits until the DAG is switched on"))
        shown += [parts.run_badge(run, now), tag("span", *facts, class_="couture-w-facts")]
        shown.append(tag("span", run.run_id, class_="couture-w-facts couture-w-end"))
    return tag("div", *shown, class_="couture-w-head")


def _log(log: LogSeen | None) -> Markup:
    if log is None:
        return Markup()
    if log.trouble:
        return parts.note("failed", log.trouble)
    if not log.tail.lines:
        return parts.quiet(f"{log.task_id} has written nothing to its log yet.")
    title = f"Log of {log.task_id}, try {log.try_number}"
    return join([tag("div", title, class_="couture-w-log-of"), log_lines(log.tail.lines)])


def _matters(graph: Graph) -> str | None:
    """Return the task whose log is asked for first: failed, else running, else the last that ran."""
    found = parts.tasks_of(graph)
    for state in _FOR_LOG:
        for name, task in found:
            if task.state == state:
                return name
    ran = [(task.start_date, name) for name, task in found if task.start_date]
    return max(ran)[1] if ran else None
