"""Make a run that no schedule asked for: checked, with its task instances, and due at once.

The one way in for people, tasks and programs; who may do it is the caller's question.
"""

import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from couture_operators.exceptions import ParamValidationError
from couture_operators.params import validate_params
from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid
from couture_scheduler.plans import Plans
from couture_scheduler.states import RunType
from couture_scheduler.store import callbacks, dags, limits, notes, runs
from couture_scheduler.timetables import DataInterval, from_schedule

_ANSWER_WITHIN = timedelta(minutes=2)  #: else the run starts and covers its moment only
_RUN_ID = re.compile(r"(?!\.)[A-Za-z0-9_.~:+@-]{1,200}")


class RunExists(Conflict):
    """The DAG has a run with this run id or logical date already.

    Attributes:
        run: its row.
    """

    def __init__(self, message: str, run: Any):
        super().__init__(message)
        self.run = run


@dataclass(frozen=True)
class Order:
    """A run that somebody asks for.

    Attributes:
        run_id: None = made of the logical date.
        logical_date: None = the run has none.
        run_after: not before; None = now.
        interval: what it covers; None = what the timetable says for that moment.
        triggered_by: the way in: rest_api, cli, operator, ...
        user: who asked.
    """

    run_id: str | None = None
    logical_date: datetime | None = None
    run_after: datetime | None = None
    interval: DataInterval | None = None
    conf: dict[str, Any] = field(default_factory=dict)
    note: str | None = None
    triggered_by: str = "rest_api"
    user: str | None = None


def make_run(tx: Tx, plans: Plans, dag: Any, order: Order, max_conf: int, actor: str) -> str:
    """Insert a queued run and return its run_id. The DAG's row is locked until the transaction ends.

    Args:
        max_conf: bytes of JSON that the conf may have.

    Raises:
        Invalid, Conflict: the order cannot be used, or such a run exists.
    """
    if not dag.is_active:
        raise Conflict(f"No file defines the DAG {dag.dag_id!r} any more, so it cannot run.")
    limits.lock_dags(tx, [dag.dag_id])  # of two that ask for one run at once the second is told
    plan = plans.get(tx, dag.version_id)
    moment = order.logical_date or order.run_after or tx.now
    interval = order.interval or from_schedule(plan.data["schedule"]).manual_interval(moment)
    run_id = _run_id(order.run_id, moment)
    _refuse_double(tx, dag.dag_id, run_id, order.logical_date)
    check_conf(order.conf, max_conf)
    check_params(plan.data.get("params") or {}, order.conf)
    values = {
        "dag_id": dag.dag_id,
        "run_id": run_id,
        "slot_key": f"M:{uuid.uuid4().hex}",
        "run_type": RunType.MANUAL,
        "logical_date": order.logical_date,
        "data_interval_start": interval.start,
        "data_interval_end": interval.end,
        "run_after": max(order.run_after or tx.now, tx.now),
        "conf": order.conf,
        "note": order.note,
        "triggered_by": order.triggered_by,
        "triggering_user": order.user,
        "dag_version_id": dag.version_id,
    }
    run_pk = runs.add_run(tx, values, [task.data for task in plan.tasks.values()], actor)
    if order.interval is None and plan.data["schedule"].get("manual"):
        _ask_for_interval(tx, dag, run_pk, moment, values["run_after"])
    return run_id


def _ask_for_interval(tx: Tx, dag: Any, run_pk: int, moment: datetime, due: datetime) -> None:
    """Have the DAG's own timetable asked what the run covers; the run waits for the answer."""
    version = dags.find_version(tx, dag.version_id)
    assert version is not None
    payload = {"moment": moment.isoformat(), "due": due.isoformat()}
    callbacks.ask(tx, "manual_interval", dag.dag_id, version.file_version_id, payload, run_pk)
    runs.put_off(tx, run_pk, max(due, tx.now + _ANSWER_WITHIN))


def check_json(value: Any, field: str) -> int:
    """Return the size of a JSON value in bytes.

    Raises:
        Invalid: it holds a number that JSON has not, such as 1e999.
    """
    try:
        return len(json.dumps(value, allow_nan=False).encode())
    except (ValueError, TypeError) as error:
        raise Invalid(f"{field} holds what JSON has not: {error}.", field) from error


def check_conf(conf: dict[str, Any], limit: int) -> None:
    """Refuse a conf that is too large to be kept.

    Raises:
        Invalid: the sentence has the size and the limit.
    """
    size = check_json(conf, "conf")
    if size > limit:
        raise Invalid(
            f"The conf has {size:,} bytes; at most {limit:,} are allowed (max_conf_bytes). "
            "Pass the place of large data instead of the data.",
            "conf",
        )


def check_params(params: dict[str, Any], conf: dict[str, Any]) -> None:
    """Check what a run is given, and the defaults of what it is not, against the DAG's params.

    Raises:
        Invalid: a param that needs a value has none, or one does not fit its schema; it is named.
    """
    try:
        validate_params(params, conf)
    except ParamValidationError as error:
        raise Invalid(str(error), "conf") from error


def _run_id(given: str | None, moment: datetime) -> str:
    if given is None:
        return f"{RunType.MANUAL}__{moment.isoformat()}"
    if not _RUN_ID.fullmatch(given):
        raise Invalid(
            "A run id has 1 to 200 letters, digits or characters of _.~:+@- and does not start "
            "with a dot: it becomes a folder's name.",
            "dag_run_id",
        )
    return given


def _refuse_double(tx: Tx, dag_id: str, run_id: str, logical_date: datetime | None) -> None:
    if run := runs.find_run(tx, dag_id, run_id):
        raise RunExists(f"DAG {dag_id!r} has a run {run_id!r} already. Choose another run id.", run)
    run = notes.find_logical_date(tx, dag_id, logical_date) if logical_date else None
    if run is not None:
        raise RunExists(
            f"DAG {dag_id!r} has a run with the logical date {logical_date} already.", run
        )
