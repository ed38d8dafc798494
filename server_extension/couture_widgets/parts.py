"""What widgets are made of: head, last runs, progress, tasks; as markup."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from couture_scheduler.schemas.dag_views import DagRow, Graph, RunSummary, RunView, TaskStateView
from couture_widgets.look import mark, state_class
from couture_widgets.markup import Markup, tag
from couture_widgets.words import (
    ACTIVE_RUN,
    ENDED,
    capital,
    count,
    duration,
    elapsed,
    moment,
    sorted_counts,
    state_name,
    state_words,
    until,
    utc,
)

SHOWN_TASKS = 300
_BAR, _LOWEST_BAR = 16, 5
_FIRST = ("failed", "running", "up_for_retry", "upstream_failed")
# built without checks: only what the table shows matters of a task that the run does not know
NOT_STARTED = TaskStateView.model_construct(
    state=None,
    try_number=0,
    max_tries=0,
    start_date=None,
    end_date=None,
    duration=None,
    reason=None,
    retry_at=None,
)


class _Timed(Protocol):
    @property
    def state(self) -> str | None: ...
    @property
    def start_date(self) -> datetime | None: ...
    @property
    def duration(self) -> float | None: ...


def badge(state: str | None, text: str) -> Markup:
    """Return the mark of a state and words on its tint."""
    return tag("span", mark(state, 14), text, class_=f"couture-w-badge {state_class(state)}")


def run_badge(run: RunView, now: datetime) -> Markup:
    """Return how a run stands, and for how long."""
    return badge(run.state, run_words(run, now))


def run_words(run: RunView, now: datetime) -> str:
    """Return "Running for 12 s", "Success in 2 m 14 s"."""
    took = took_words(run, now)
    if not took:
        return state_words(run.state)
    return f"{state_words(run.state)} {'for' if run.state == 'running' else 'in'} {took}"


def took_words(one: _Timed, now: datetime) -> str:
    """Return how long something took, or takes already."""
    if one.duration is None and one.start_date and one.state in ("running", "restarting"):
        return elapsed((now - one.start_date).total_seconds())
    return duration(one.duration)


def schedule_words(dag: DagRow) -> str:
    """Return the schedule in words, with its zone where that matters."""
    zone = dag.schedule.timezone
    return capital(dag.schedule.text) + (f", {zone}" if dag.schedule.raw and zone != "UTC" else "")


def next_words(dag: DagRow, now: datetime) -> str | None:
    """Return when the schedule makes the next run, if it does."""
    if dag.next_run_after is None or dag.is_paused:
        return None
    return f"Next run {moment(dag.next_run_after, now)}, {until(dag.next_run_after, now)}"


def facts(dag: DagRow, now: datetime) -> Markup:
    """Return schedule and next run; the cron text is the tooltip."""
    upcoming = next_words(dag, now)
    return tag(
        "span",
        tag("span", schedule_words(dag), title=dag.schedule.raw),
        upcoming and tag("span", upcoming, title=utc(dag.next_run_after or now)),
        class_="couture-w-facts",
    )


def run_bars(runs: Sequence[RunSummary], now: datetime) -> Markup:
    """Return a bar for each of the last runs: height is duration, colour is state."""
    longest = max((run.duration or 0.0 for run in runs), default=0.0) or 0.001
    bars = []
    for run in runs:
        share = 0.5 if run.duration is None else min(1.0, run.duration / longest)
        words = [moment(run.run_after, now), state_words(run.state).lower(), duration(run.duration)]
        bars.append(
            tag(
                "span",
                class_=f"couture-w-bar {state_class(run.state)}",
                title=", ".join(word for word in words if word),
                style=f"height:{round(_LOWEST_BAR + (_BAR - _LOWEST_BAR) * share)}px",
            )
        )
    states = [state_words(run.state).lower() for run in runs]
    label = f"Last {count(len(runs), 'run')}: {', '.join(states)}" if runs else "No run yet"
    return tag("span", *bars, class_="couture-w-bars", role="img", aria_label=label)


def sums(counts: dict[str, int]) -> list[Markup]:
    """Return a mark, a number and its word for each state that occurs."""
    return [
        tag(
            "span",
            mark(state, 14),
            f"{number} {state_words(state).lower()}",
            class_=f"couture-w-sum {state_class(state)}",
        )
        for state, number in sorted_counts(counts)
    ]


def tasks_of(graph: Graph) -> list[tuple[str, TaskStateView]]:
    """Return the tasks of a run in the order of the DAG, each as it stands."""
    return [(node.task_id, graph.states.get(node.task_id, NOT_STARTED)) for node in graph.nodes]


def count_states(graph: Graph) -> dict[str, int]:
    """Return how many tasks are in which state."""
    counts: dict[str, int] = {}
    for _, task in tasks_of(graph):
        counts[state_name(task.state)] = counts.get(state_name(task.state), 0) + 1
    return counts


def progress(graph: Graph) -> Markup:
    """Return how far a run is: a bar of its states, and each of them in figures and words."""
    counts = count_states(graph)
    total = sum(counts.values()) or 1
    ended = sum(number for state, number in counts.items() if state in ENDED)
    pieces = [
        tag("span", class_=state_class(state), style=f"width:{100 * number / total:.2f}%")
        for state, number in sorted_counts(counts)
        if state != "none"
    ]
    told = f"{ended} of {count(sum(counts.values()), 'task')} ended"
    bar = tag("div", *pieces, class_="couture-w-progress", role="img", aria_label=told)
    line = tag("div", *sums(counts), tag("span", told), class_="couture-w-sums")
    return tag("div", bar, line)


def task_table(graph: Graph, now: datetime) -> Markup:
    """Return the tasks of a run with states, tries, durations and when they ran."""
    found = tasks_of(graph)
    if len(found) > SHOWN_TASKS:
        found = sorted(found, key=lambda one: state_name(one[1].state) not in _FIRST)
    scale = _Scale(graph, now)
    rows = [_task_row(name, task, scale, now) for name, task in found[:SHOWN_TASKS]]
    heads = ("Task", "State", "Try", "Started", "Duration", "In the run")
    widths = ("28%", "27%", "52px", "76px", "84px", None)
    columns = [tag("col", style=width and f"width:{width}") for width in widths]
    labels = [tag("th", head, class_=_number_class(head), scope="col") for head in heads]
    table = tag(
        "table",
        tag("colgroup", *columns),
        tag("thead", tag("tr", *labels)),
        tag("tbody", *rows),
        class_="couture-w-table",
    )
    hidden = len(found) - SHOWN_TASKS
    more = f"{count(hidden, 'task')} more: the graph in Lab shows all." if hidden > 0 else None
    turn = f"couture-w-turn{int(now.timestamp()) % 3}"
    return tag(
        "div",
        table,
        more and tag("div", more, class_="couture-w-quiet"),
        class_=f"couture-w-scroll {turn}",
    )


class _Scale:
    """Where on the way from a run's first to its last moment something lies, in percent."""

    def __init__(self, graph: Graph, now: datetime):
        starts = [task.start_date for task in graph.states.values() if task.start_date]
        ends = [task.end_date or now for task in graph.states.values() if task.start_date]
        self.start = min(starts, default=now)
        self.length = max((max(ends, default=now) - self.start).total_seconds(), 0.001)

    def at(self, moment_: datetime) -> float:
        share = (moment_ - self.start).total_seconds() / self.length
        return round(100 * min(1.0, max(0.0, share)), 2)


def _task_row(name: str, task: TaskStateView, scale: _Scale, now: datetime) -> Markup:
    started = task.start_date
    told = task.reason or _instances(task)
    reason = f" · {told}" if told else None
    tries = max(task.max_tries + 1, task.try_number)
    return tag(
        "tr",
        tag(
            "td",
            tag("div", mark(task.state), tag("span", name), class_="couture-w-task"),
            title=name,
        ),
        tag(
            "td",
            tag(
                "span", state_words(task.state), class_=f"couture-w-state {state_class(task.state)}"
            ),
            reason and tag("span", reason, class_="couture-w-reason"),
            title=told,
        ),
        tag("td", f"{task.try_number} of {tries}" if task.try_number else None),
        tag("td", started and f"{started.astimezone():%H:%M:%S}", title=started and utc(started)),
        tag("td", took_words(task, now), class_="couture-w-num"),
        tag("td", _lane(task, scale, now)),
        data_task=name,
        data_state=state_name(task.state),
    )


def _instances(task: TaskStateView) -> str | None:
    """Return how the instances of a mapped task stand."""
    counts = getattr(task, "counts", None)  # a service of an earlier release tells none
    found = sorted_counts(counts or {})
    return ", ".join(f"{n} {state_words(name).lower()}" for name, n in found) or None


def _lane(task: TaskStateView, scale: _Scale, now: datetime) -> Markup | None:
    if task.start_date is None:
        return None
    left = min(scale.at(task.start_date), 99.0)
    width = max(scale.at(task.end_date or now) - left, 0.5)
    bar = tag("span", class_=state_class(task.state), style=f"left:{left}%;width:{width:.2f}%")
    return tag("span", bar, class_="couture-w-lane", aria_hidden="true")


def _number_class(head: str) -> str | None:
    return "couture-w-num" if head == "Duration" else None


def note(state: str, sentence: str, more: str | None = None) -> Markup:
    """Return a sentence that must be read, with the mark of a state."""
    text = tag("span", sentence, more and tag("small", more))
    return tag("div", mark(state), text, class_="couture-w-note", role="alert")


def quiet(text: str) -> Markup:
    """Return a sentence that stands where something will be."""
    return tag("div", text, class_="couture-w-quiet")


def is_active(run: RunView | None) -> bool:
    """Say whether something will happen to a run."""
    return run is not None and run.state in ACTIVE_RUN
