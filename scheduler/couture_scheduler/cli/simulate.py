"""`couture dags simulate`: what a schedule would do in some weeks, in seconds."""

import os
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from couture_scheduler.cli.session import session
from couture_scheduler.settings import Settings

if TYPE_CHECKING:
    from couture_scheduler.schemas.simulations import SimulateBody, Simulated


def _pairs(_: Any, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{text!r} is not TASK=VALUE.", param=option)
        found[name] = value
    return found


def _option(name: str, text: str) -> Any:
    return click.option(
        f"--{name}", multiple=True, metavar="TASK=VALUE", callback=_pairs, help=text
    )


@click.command()
@click.argument("file_or_dag_id")
@click.option("--from", "begin", required=True, help="When the DAG is switched on (ISO; UTC).")
@click.option("--to", "end", required=True, help="When the simulation ends.")
@click.option("--dag", "dag_id", help="Of several DAGs in a file, only this one.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@_option("duration", "Seconds that a task takes: 90, or 60-300 by chance. Default: 60.")
@_option("fail", "How many tries of each run fail (2), or by which chance (0.1).")
@_option("branch", "Tasks below it that a task chooses: a,b. Default: it follows all.")
@_option("length", "How many values a task returns over which others are mapped. Default: 1.")
@click.option("--skip", multiple=True, metavar="TASK", help="A task that ends as skipped.")
@click.option("--brief", is_flag=True, help="Only the runs, not their tasks.")
@click.option("--output", "-o", type=click.Choice(["tree", "json"]), default="tree")
@click.pass_obj
def simulate(settings: Settings, file_or_dag_id: str, brief: bool, output: str, **how: Any) -> None:
    """Play what the scheduler would do with a DAG file, or with a DAG of the deployment.

    The DAG is switched on at --from; its tasks only let time pass. TASK may be * for all tasks that
    are not named. The same --seed gives the same. Catchup, retries, skips, SLA misses and what
    waits for max_active_runs, pools and earlier runs are as the scheduler decides.
    """
    dag_id = how.pop("dag_id")
    body = _body(how)
    if Path(file_or_dag_id).is_file():
        found = _simulate_file(settings, Path(file_or_dag_id).resolve(), dag_id, body)
    else:
        from couture_scheduler.services.simulate import simulate_dag

        with session(settings) as open_:
            found = simulate_dag(open_.call(), dag_id=file_or_dag_id, body=body)
    if output == "json":
        click.echo(found.model_dump_json(indent=2))
    else:
        _show(found, brief)


def _body(how: dict[str, Any]) -> "SimulateBody":
    from pydantic import ValidationError

    from couture_scheduler.schemas.simulations import SimulateBody

    try:
        return SimulateBody.model_validate(
            {
                **how,
                "begin": _moment(how["begin"], "--from"),
                "end": _moment(how["end"], "--to"),
                "duration": {task: _span(text) for task, text in how["duration"].items()},
                "branch": {task: _names(text) for task, text in how["branch"].items()},
                "skip": list(how["skip"]),
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise click.UsageError(f"{place}: {first['msg']}" if place else first["msg"]) from error


def _moment(text: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _span(text: str) -> Any:
    low, _, high = text.partition("-")
    return low, high or low


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _simulate_file(
    settings: Settings, path: Path, dag_id: str | None, body: "SimulateBody"
) -> "Simulated":
    """Import a file in one child and simulate its DAGs in another; no deployment is needed."""
    from couture_scheduler.rehearsal import bounded
    from couture_scheduler.services.simulate import followed, simulate

    root = settings.dags_path.resolve()
    root = root if path.is_relative_to(root) else path.parent
    dags = bounded.ask(
        "couture_scheduler.rehearsal.import_file",
        {"root": str(root), "path": path.relative_to(root).as_posix()},
        seconds=settings.parse_timeout,
        memory_mb=settings.parse_memory_mb,
        environment=os.environ,
    )["dags"]
    chosen = [data for data in dags if dag_id in (None, data["dag_id"])]
    if not chosen:
        names = ", ".join(data["dag_id"] for data in dags) or "none"
        raise click.ClickException(f"{path} defines no such DAG; it defines: {names}.")
    return simulate(chosen, body, followed(settings), {})


def _show(found: "Simulated", brief: bool) -> None:
    for run in found.runs:
        waited = f", waited {_words(run.waited)}" if run.waited >= 1 else ""
        took = f"{_time(run.start)} to {_time(run.end)}" if run.start else "not started"
        click.echo(
            f"{_time(run.run_after)}  {run.dag_id} {run.run_id}: {run.state}, {took}{waited}"
        )
        for task in () if brief else run.tasks:
            name = task.task_id if task.map_index < 0 else f"{task.task_id}[{task.map_index}]"
            tries = ", ".join(
                f"{one.start:%H:%M:%S} to {_clock(one.end)}"
                + (f" {one.state}" if one.state != task.state else "")
                for one in task.tries
            )
            why = f" ({task.reason})" if task.reason and task.state != "success" else ""
            state = "not started" if task.state == "none" else task.state
            click.echo(f"    {name}: {state}{why} {tries}".rstrip())
    _summary(found)


def _summary(found: "Simulated") -> None:
    states = Counter(run.state for run in found.runs)
    tasks = [task for run in found.runs for task in run.tasks]
    retries = sum(max(0, len(task.tries) - 1) for task in tasks)
    told = [f"{count} {state}" for state, count in sorted(states.items())]
    click.echo(f"\n{len(found.runs)} runs" + (f": {', '.join(told)}" if told else ""))
    skipped = sum(task.state == "skipped" for task in tasks)
    click.echo(f"{len(tasks)} task instances, {retries} retries, {skipped} skipped")
    for miss in found.sla_misses:
        click.echo(f"SLA missed: {miss.task_id} of {miss.run_id}")
    if found.is_cut:
        click.echo(f"It was too much: the simulation ends at {_time(found.end)}.", file=sys.stderr)


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "..."


def _clock(moment: datetime | None) -> str:
    return f"{moment:%H:%M:%S}" if moment else "..."


def _words(seconds: float) -> str:
    from couture_operators.dates import words

    return words(timedelta(seconds=round(seconds)))
