"""`dag.test()` and `dag.cli()`: a DAG tried out in the process that asks, breakpoints included.

What runs it is the scheduler's own code, which this package does not import: whoever has it
registers it under the entry point `couture_workflow.runners`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from couture_operators.dates import to_datetime
from couture_operators.exceptions import AirflowException, TaskNotFound

if TYPE_CHECKING:
    from couture_operators.dag import DAG

RUNNERS = "couture_workflow.runners"
#: what Airflow's dag.cli() does in its database, with the command that does it here
_ELSEWHERE = {
    "backfill": "couture backfill create",
    "clear": "couture tasks clear",
    "pause": "couture dags pause",
    "unpause": "couture dags unpause",
    "list_dag_runs": "couture runs list",
}


def test_dag(
    dag: DAG, logical_date: dt.datetime | None, conf: dict[str, Any] | None, **options: Any
) -> Any:
    """Run a DAG in this process; AirflowException with a sentence where nothing can run it."""
    moment = to_datetime(logical_date) if logical_date else None
    return _runner("test")(dag, moment, conf, **options)


def _runner(name: str) -> Callable[..., Any]:
    found = [*importlib.metadata.entry_points(group=RUNNERS, name=name)]
    if not found:
        raise AirflowException(
            "dag.test() and dag.cli() need the scheduler's code: install couture-workflow in this "
            "environment."
        )
    return found[0].load()


def run_cli(dag: DAG, arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for; exits 1 for a failure, 2 for what it does not know.

    `test` takes the arguments of Airflow 1.10 too: a task and its date.
    """
    parser = _parser(dag)
    given, rest = parser.parse_known_args(arguments)
    if rest and given.action is not _refuse:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        given.action(dag, given)
    except (AirflowException, ValueError) as err:
        sys.exit(f"{dag.dag_id}: {err}")


def _parser(dag: DAG) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=f"DAG {dag.dag_id}")
    names = "list-tasks|show|render|test|run"
    actions = parser.add_subparsers(required=True, metavar=names)

    def action(*names: str, call: Callable[[DAG, Any], None], text: str) -> argparse.ArgumentParser:
        found = actions.add_parser(names[0], aliases=names[1:], help=text, description=text)
        found.set_defaults(action=call)
        return found

    listing = action("list-tasks", "list_tasks", call=_list_tasks, text="List the tasks.")
    listing.add_argument("--tree", action="store_true", help="As a tree, from the roots down.")
    action("show", call=_show, text="Show which task follows which.")
    shown = action("render", call=_render, text="Show what a task's templates become.")
    whole = action("test", call=_test, text="Run the whole DAG, or one task, in this process.")
    one = action("run", call=_test, text="Run one task alone in this process.")
    for found in (shown, one):
        found.add_argument("task_id")
    whole.add_argument("task_id", nargs="?", help="Default: all tasks.")
    for found in (shown, whole, one):
        found.add_argument("logical_date", nargs="?", type=_date)
        found.add_argument("--conf", type=json.loads, help="JSON object of the run.")
        found.add_argument("--variables", help="File of variables: JSON, YAML or .env.")
        found.add_argument("--connections", help="File of connections: JSON, YAML or .env.")
    whole.add_argument("--mark-success-pattern", help="Tasks that match count as run.")
    for name, instead in _ELSEWHERE.items():
        actions.add_parser(name).set_defaults(action=_refuse, instead=instead)
    return parser


def _date(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _date_not_task(dag: DAG, text: str) -> tuple[None, dt.datetime]:
    try:
        return None, _date(text)
    except ValueError:
        raise TaskNotFound(f"{dag.dag_id} has no task {text!r}, and that is no date.") from None


def _refuse(dag: DAG, given: Any) -> None:
    raise AirflowException(f"A DAG file has no scheduler; use `{given.instead} {dag.dag_id}`.")


def _list_tasks(dag: DAG, given: Any) -> None:
    if given.tree:
        _show(dag, given)
        return
    for task_id in sorted(dag.task_ids):
        print(task_id)


def _show(dag: DAG, _given: Any) -> None:
    for root in dag.roots:
        _show_below(dag, root.task_id, 0)


def _show_below(dag: DAG, task_id: str, depth: int) -> None:
    task = dag.get_task(task_id)
    print(f"{'    ' * depth}{task_id} ({task.task_type})")
    for below in task._downstream_ids:
        _show_below(dag, below, depth + 1)


def _render(dag: DAG, given: Any) -> None:
    fields = _runner("render")(
        dag,
        given.task_id,
        to_datetime(given.logical_date) if given.logical_date else None,
        given.conf,
        variable_file=given.variables,
        connection_file=given.connections,
    )
    for name, text in fields.items():
        print(f"{name}: {text}")


def _test(dag: DAG, given: Any) -> None:
    only, moment = given.task_id, given.logical_date
    if only is not None and moment is None and not dag.has_task(only):
        only, moment = _date_not_task(dag, only)
    run = test_dag(
        dag,
        moment,
        given.conf,
        variable_file=given.variables,
        connection_file=given.connections,
        only=only,
        mark_success=getattr(given, "mark_success_pattern", None),
    )
    if run.state != "success":
        sys.exit(1)
