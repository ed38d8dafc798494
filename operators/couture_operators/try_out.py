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
from couture_operators.exceptions import AirflowException

if TYPE_CHECKING:
    from couture_operators.dag import DAG

RUNNERS = "couture_workflow.runners"


def test_dag(
    dag: DAG, logical_date: dt.datetime | None, conf: dict[str, Any] | None, **options: Any
) -> Any:
    """Run a DAG in this process; AirflowException with a sentence where nothing can run it."""
    found = [*importlib.metadata.entry_points(group=RUNNERS, name="test")]
    if not found:
        raise AirflowException(
            "dag.test() needs the scheduler's code: install couture-workflow in this environment."
        )
    moment = to_datetime(logical_date) if logical_date else None
    return found[0].load()(dag, moment, conf, **options)


def run_cli(dag: DAG, arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for: list-tasks, show, test or run; exits 1 for a failure."""
    given = _parser(dag).parse_args(arguments)
    try:
        given.action(dag, given)
    except (AirflowException, ValueError) as err:
        sys.exit(f"{dag.dag_id}: {err}")


def _parser(dag: DAG) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=f"DAG {dag.dag_id}")
    actions = parser.add_subparsers(required=True, metavar="list-tasks|show|test|run")

    def action(*names: str, call: Callable[[DAG, Any], None], text: str) -> argparse.ArgumentParser:
        found = actions.add_parser(names[0], aliases=names[1:], help=text, description=text)
        found.set_defaults(action=call)
        return found

    listing = action("list-tasks", "list_tasks", call=_list_tasks, text="List the tasks.")
    listing.add_argument("--tree", action="store_true", help="As a tree, from the roots down.")
    action("show", call=_show, text="Show which task follows which.")
    whole = action("test", call=_test, text="Run the whole DAG in this process.")
    one = action("run", call=_test, text="Run one task alone in this process.")
    one.add_argument("task_id")
    for found in (whole, one):
        found.add_argument("logical_date", nargs="?", type=dt.datetime.fromisoformat)
        found.add_argument("--conf", type=json.loads, help="JSON object of the run.")
        found.add_argument("--variables", help="File of variables: JSON, YAML or .env.")
        found.add_argument("--connections", help="File of connections: JSON, YAML or .env.")
    whole.add_argument("--mark-success-pattern", help="Tasks that match count as run.")
    return parser


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


def _test(dag: DAG, given: Any) -> None:
    run = test_dag(
        dag,
        given.logical_date,
        given.conf,
        variable_file=given.variables,
        connection_file=given.connections,
        only=getattr(given, "task_id", None),
        mark_success=getattr(given, "mark_success_pattern", None),
    )
    if run.state != "success":
        sys.exit(1)
