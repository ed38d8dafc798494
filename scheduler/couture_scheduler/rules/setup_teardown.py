"""Setup and teardown tasks: whom they belong to, and what of it counts for the run's outcome."""

from collections.abc import Iterable, Iterator, Mapping

from couture_scheduler.rules.task_plan import TaskPlan

Tasks = Mapping[str, TaskPlan]


def closure(tasks: Tasks, starts: Iterable[str], side: str) -> set[str]:
    """Return all tasks above ("upstream") or below ("downstream") these."""
    found: set[str] = set()
    ahead = list(starts)
    while ahead:
        for task_id in getattr(tasks[ahead.pop()], side):
            if task_id in tasks and task_id not in found:
                found.add(task_id)
                ahead.append(task_id)
    return found


def setups_of(tasks: Tasks, task_id: str) -> tuple[str, ...]:
    """Return the setups in whose scope a task stands: their teardown is below it, or they have none."""
    below = closure(tasks, [task_id], "downstream")
    above = closure(tasks, [task_id], "upstream")
    return tuple(
        name
        for name, task in tasks.items()
        if name in above and task.is_setup and _holds(tasks, task, below)
    )


def _holds(tasks: Tasks, setup: TaskPlan, below: set[str]) -> bool:
    teardowns = set(teardowns_of(tasks, setup.task_id))
    return not teardowns or bool(teardowns & below)


def teardowns_of(tasks: Tasks, setup: str) -> Iterator[str]:
    """Yield the teardowns of a setup: those directly below it."""
    for name in tasks[setup].downstream:
        if name in tasks and tasks[name].is_teardown:
            yield name


def run_again_with(tasks: Tasks, task_id: str, *, downstream: bool, upstream: bool) -> set[str]:
    """Return what has to run again when a task does: its setups and teardowns, as Airflow picks them.

    Args:
        downstream, upstream: whether all below or above it is meant as well; it is in the answer.
    """
    task, found = tasks[task_id], set[str]()
    if downstream:
        for name in closure(tasks, [task_id], "downstream"):
            found |= {name} | _surroundings(tasks, name)
    if upstream:
        above = closure(tasks, [task_id], "upstream")
        found |= above | _torn_down(tasks, above)
    else:
        found |= _surroundings(tasks, task_id)
    if task.is_setup and not downstream:
        found |= set(teardowns_of(tasks, task_id))
    return found - {task_id}


def _surroundings(tasks: Tasks, task_id: str) -> set[str]:
    if tasks[task_id].is_setup or tasks[task_id].is_teardown:
        return set()
    setups = set(setups_of(tasks, task_id))
    return setups | _torn_down(tasks, setups)


def _torn_down(tasks: Tasks, names: set[str]) -> set[str]:
    return {down for name in names if tasks[name].is_setup for down in teardowns_of(tasks, name)}


def deciding(tasks: Tasks) -> list[str]:
    """Return the tasks that decide how a run ends: its leaves, as if there were no teardowns."""
    leaves = [
        name
        for name, task in tasks.items()
        if not _is_ignored(task) and all(_is_ignored(tasks[one]) for one in task.downstream)
    ]
    return leaves or [name for name, task in tasks.items() if not task.downstream]


def _is_ignored(task: TaskPlan) -> bool:
    return task.is_teardown and not task.on_failure_fail_dagrun
