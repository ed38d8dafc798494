"""The DAG file of a scheduled notebook: small, readable, built from `repr()` of JSON values only."""

import keyword
import pprint
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jinja2

from couture_operators.cron import Cron, CronError
from couture_scheduler.errors import Invalid
from couture_scheduler.schemas.notebooks import ScheduleBody
from couture_scheduler.triggering import check_json

FOLDER = "scheduled"

_TEMPLATE = '''\
"""Runs a notebook. Made by "Schedule" in JupyterLab; it may be edited like any DAG file."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from couture_operators import DAG, CoutureJupyterOperator

with DAG(
    dag_id={dag_id},
    description={description},
    schedule={schedule},
    start_date={start_date},
    catchup=False,
    is_paused_upon_creation=False,
    tags=['notebook'],
    couture={couture},
):
    CoutureJupyterOperator(
        task_id='run_notebook',
        owner={owner},
        input_nb={input_nb},
        output_nb={output_nb},
        parameters={parameters},
        export_html={export_html},
        retries={retries},
        retry_delay=timedelta(seconds={retry_delay}),
    )
'''


def dag_path(dag_id: str) -> str:
    """Return where the DAG file is, relative to the DAG folder."""
    return f"{FOLDER}/{dag_id}.py"


def copy_path(dag_id: str) -> str:
    """Return where the notebook's copy is, beside the DAG file."""
    return f"{FOLDER}/{dag_id}.ipynb"


def check(body: ScheduleBody) -> None:
    """Refuse what would make a DAG that cannot be parsed or run.

    Raises:
        Invalid: with the field that is wrong.
    """
    zone_of(body.timezone)
    if body.when == "cron":
        if not body.cron:
            raise Invalid("A cron expression is missing, such as 0 6 * * 1.", "cron")
        cron_of(body.cron, body.timezone)
    check_json(body.parameters, "parameters")
    for name in body.parameters:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise Invalid(f"{name!r} cannot be the name of a parameter.", "parameters")
    _check_output(body.output_name)


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(f"There is no time zone {name!r}.", "timezone") from None


def cron_of(expression: str, timezone: str) -> Cron:
    """Return a cron in a zone."""
    try:
        return Cron(expression, timezone)
    except CronError as error:
        raise Invalid(str(error), "cron") from error


def _check_output(name: str) -> None:
    if name.startswith(("/", "~")) or "\\" in name or ".." in name.split("/") or "\0" in name:
        raise Invalid("The output's name must lie below the outputs folder.", "output_name")
    try:
        jinja2.Environment(autoescape=False).parse(name)  # noqa: S701 - a file name, no page
    except jinja2.TemplateSyntaxError as error:
        raise Invalid(f"The output's name is no valid template: {error}.", "output_name") from error


def make_source(body: ScheduleBody, dag_id: str, notebook: str, owner: str, now: datetime) -> str:
    """Return the text of the DAG file, which compiles.

    Args:
        notebook: the path of the original, as the worker finds it.
    """
    output = body.output_name.strip() or None
    if output and not output.endswith(".ipynb"):
        output += ".ipynb"
    source = _TEMPLATE.format(
        dag_id=repr(dag_id),
        description=repr(f"Runs the notebook {notebook}"),
        schedule=repr("@once" if body.when == "once" else body.cron),
        start_date=_start(body, now),
        couture=repr({"notebook": {"path": notebook, "copy": copy_path(dag_id)}}),
        owner=repr(owner),
        input_nb=repr(f"{dag_id}.ipynb"),
        output_nb=repr(output),
        parameters=_indented(body.parameters),
        export_html=repr(body.export_html),
        retries=repr(body.retries),
        retry_delay=f"{body.retry_delay:g}",
    )
    compile(source, dag_path(dag_id), "exec")
    return source


def _start(body: ScheduleBody, now: datetime) -> str:
    """Return the start date: of a cron its latest time, so that the next one is the first run."""
    zone = zone_of(body.timezone)
    if body.when == "cron":
        moment = cron_of(body.cron or "", body.timezone).prev(now + timedelta(microseconds=1))
    else:
        moment = now.replace(microsecond=0)
    local = moment.astimezone(zone)
    parts = [local.year, local.month, local.day, local.hour, local.minute]
    parts += [local.second] if local.second else []
    fold = ", fold=1" if local.fold else ""
    return f"datetime({', '.join(map(str, parts))}{fold}, tzinfo=ZoneInfo({body.timezone!r}))"


def _indented(parameters: dict[str, Any]) -> str:
    text = pprint.pformat(parameters, width=80, sort_dicts=False)
    return text.replace("\n", "\n        ")
