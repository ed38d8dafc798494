"""Scheduled notebooks: parameters, previews, and the DAG file that is made of a schedule."""

import json
import os
import zoneinfo
from pathlib import Path, PurePosixPath
from typing import Any

from couture_operators.cron_words import describe
from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid, NotFound
from couture_scheduler.schemas.notebooks import (
    NotebookParameters,
    NotebookSchedule,
    ParametersBody,
    PreviewQuery,
    PreviewTimes,
    RenewBody,
    ScheduleBody,
    Scheduled,
    ScheduleList,
    Timezones,
)
from couture_scheduler.sensitive import hide
from couture_scheduler.services import notebook_dag
from couture_scheduler.services.authors import save_source
from couture_scheduler.services.files import sha256
from couture_scheduler.services.notebook_files import (
    Notebook,
    as_bytes,
    parameters_of,
    read_notebook,
)
from couture_scheduler.services.service import service
from couture_scheduler.services.trigger import switch_on_and_run_again
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dags, schedules


@service("can_notebook", "Airflow")
def get_notebook_parameters(tx: Tx, call: Call, body: ParametersBody) -> NotebookParameters:
    """Return a notebook's kernel and parameters, and its schedule where it has one."""
    notebook = read_notebook(body.path, body.notebook, call.actor.account)
    row = schedules.find_schedule(tx, notebook.dag_id)
    return NotebookParameters(
        path=body.path,
        kernel=notebook.kernel,
        parameters=parameters_of(notebook),
        has_parameters_cell=notebook.cell is not None,
        dag_id=notebook.dag_id,
        schedule=row.options if row and call.actor.sees(row.dag_id) else None,
    )


@service("can_index", "Airflow")
def get_preview_times(tx: Tx, call: Call, query: PreviewQuery) -> PreviewTimes:
    """Return a cron in words and when it fires next."""
    zone = notebook_dag.zone_of(query.timezone)
    cron = notebook_dag.cron_of(query.cron, query.timezone)
    moment, times = tx.now, []
    for _ in range(query.count):
        moment = cron.next(moment)
        times.append(moment.astimezone(zone).isoformat())
    words = describe(query.cron)
    return PreviewTimes(
        text=words[:1].upper() + words[1:],
        timezone=query.timezone,
        utc_offset=times[0][-6:],
        times=times,
    )


@service("can_index", "Airflow")
def get_timezones(tx: Tx, call: Call) -> Timezones:
    """Return the names of all time zones, and that of this machine."""
    names = sorted(name for name in zoneinfo.available_timezones() if name != "localtime")
    return Timezones(timezones=names, local=_local_zone(call, names))


@service("can_notebook", "Airflow")
def get_schedules(tx: Tx, call: Call) -> ScheduleList:
    """List the scheduled notebooks."""
    rows = schedules.list_schedules(tx, call.dags)
    return ScheduleList(schedules=[_view(call, row) for row in rows])


@service("can_notebook", "Airflow")
def preview_schedule(tx: Tx, call: Call, body: ScheduleBody) -> Scheduled:
    """Return the DAG file that scheduling would write."""
    notebook = _checked(tx, call, body)
    return _scheduled(notebook, _source(tx, call, body, notebook))


@service("can_edit_code", "Airflow", mutates=True, secrets=("body",))
def create_schedule(tx: Tx, call: Call, body: ScheduleBody) -> Scheduled:
    """Copy a notebook, write its DAG file, and have it run; an earlier schedule is replaced."""
    notebook = _checked(tx, call, body)
    source = _source(tx, call, body, notebook)
    options = body.model_dump(mode="json", exclude={"notebook"})
    call.notes.update({"dag_id": notebook.dag_id, **hide(options)})
    _copy(tx, call, notebook)
    save_source(tx, call, notebook_dag.dag_path(notebook.dag_id), source.encode())
    schedules.set_schedule(
        tx,
        notebook.dag_id,
        {
            "notebook_path": _where(call, body),
            "copy_path": notebook_dag.copy_path(notebook.dag_id),
            "copy_sha256": sha256(notebook.data),
            "options": options,
        },
        call.actor.user,
    )
    switch_on_and_run_again(tx, call, notebook.dag_id, once=body.when == "once")
    return _scheduled(notebook, source)


@service("can_edit_code", "Airflow", dag="dag_id", mutates=True, secrets=("body",))
def renew_schedule(tx: Tx, call: Call, dag_id: str, body: RenewBody) -> Scheduled:
    """Copy a scheduled notebook again, as it is now; its DAG file stays as it is."""
    row = schedules.find_schedule(tx, dag_id)
    if row is None:
        raise NotFound(f"DAG {dag_id!r} was not made by scheduling a notebook.")
    file = call.workflow.settings.dags_path / notebook_dag.dag_path(dag_id)
    if not file.exists():
        raise Conflict(f"The DAG file {file.name} is gone. Schedule the notebook again.")
    notebook = read_notebook(row.options["path"], body.notebook, call.actor.account)
    if notebook.dag_id != dag_id:
        raise Conflict(f"The notebook belongs to {row.created_by}, who can renew it.")
    parameters_of(notebook)
    _copy(tx, call, notebook)
    values = {"copy_sha256": sha256(notebook.data)}
    schedules.set_schedule(tx, dag_id, values, call.actor.user)
    return _scheduled(notebook, file.read_text())


def _checked(tx: Tx, call: Call, body: ScheduleBody) -> Notebook:
    notebook_dag.check(body)
    notebook = read_notebook(body.path, body.notebook, call.actor.account)
    parameters_of(notebook)
    call.actor.require("can_edit_code", "Airflow", notebook.dag_id)
    row = dags.find_dag(tx, notebook.dag_id)
    mine = notebook_dag.dag_path(notebook.dag_id)
    if row is not None and row.is_active and row.path != mine:
        raise Conflict(f"DAG {notebook.dag_id!r} is defined in {row.path} already.")
    return notebook


def _source(tx: Tx, call: Call, body: ScheduleBody, notebook: Notebook) -> str:
    try:
        return notebook_dag.make_source(
            body, notebook.dag_id, _where(call, body), call.actor.user, tx.now
        )
    except (SyntaxError, ValueError) as error:
        raise Invalid(f"These values cannot be written as a DAG file: {error}.") from error


def _copy(tx: Tx, call: Call, notebook: Notebook) -> None:
    save_source(tx, call, notebook_dag.copy_path(notebook.dag_id), notebook.data)


def _scheduled(notebook: Notebook, source: str) -> Scheduled:
    file = notebook_dag.dag_path(notebook.dag_id)
    return Scheduled(dag_id=notebook.dag_id, file_path=file, source=source)


def _where(call: Call, body: ScheduleBody) -> str:
    """Return the original's path: below COUTURE_HOME where it is there, else absolute."""
    name = PurePosixPath(body.path).name
    path = Path(os.path.normpath(Path(body.folder or "/", name)))
    if body.folder is None or not path.is_absolute():
        return body.path
    home = call.workflow.settings.home_path.resolve()
    return str(path.relative_to(home)) if path.is_relative_to(home) else str(path)


def _view(call: Call, row: Any) -> NotebookSchedule:
    is_stale = _is_stale(call, row) if call.actor.is_alone else None
    return NotebookSchedule(
        dag_id=row.dag_id,
        path=row.options["path"],
        options=row.options,
        created_by=row.created_by,
        created_at=row.created_at,
        renewed_at=row.renewed_at,
        is_stale=is_stale,
    )


def _is_stale(call: Call, row: Any) -> bool:
    original = call.workflow.settings.home_path / row.notebook_path
    try:
        return sha256(as_bytes(json.loads(original.read_bytes()))) != row.copy_sha256
    except (OSError, ValueError):
        return True


def _local_zone(call: Call, names: list[str]) -> str:
    linked = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    for name in (os.environ.get("TZ", ""), linked):
        if name in names:
            return "UTC" if name == "Etc/UTC" else name
    return call.workflow.settings.default_timezone
