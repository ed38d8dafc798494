"""Notebooks to be scheduled, and their schedules (ours)."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from couture_scheduler.schemas.base import Answer, Body, Query


class ParametersBody(Body):
    """A notebook, and its path relative to the root of JupyterLab."""

    path: str = Field(min_length=1, max_length=1000)
    notebook: dict[str, Any]


class KernelView(Answer):
    """What runs a notebook."""

    name: str
    display_name: str
    language: str


class ParameterView(Answer):
    """One assignment of the parameters cell; `default` is null where `type` is expression."""

    name: str
    type: Literal["int", "float", "str", "bool", "list", "dict", "none", "expression"]
    default: Any
    source: str
    comment: str | None


class NotebookParameters(Answer):
    """What the Schedule dialog needs of a notebook."""

    path: str
    kernel: KernelView
    parameters: list[ParameterView]
    has_parameters_cell: bool
    dag_id: str
    schedule: dict[str, Any] | None


class ScheduleBody(Body):
    """How a notebook is to be run.

    Attributes:
        notebook: its content as it is now: what runs is a copy of it.
        folder: the absolute folder that it lies in, where its kernel works if it can.
    """

    path: str = Field(min_length=1, max_length=1000)
    notebook: dict[str, Any]
    folder: str | None = Field(default=None, max_length=1000)
    when: Literal["once", "cron"]
    cron: str | None = Field(default=None, max_length=200)
    timezone: str = Field(default="UTC", max_length=100)
    parameters: dict[str, Any] = {}
    output_name: str = Field(default="", max_length=200)
    export_html: bool = False
    retries: int = Field(default=0, ge=0, le=100)
    retry_delay: float = Field(default=300, ge=0, le=7 * 86_400)


class RenewBody(Body):
    """A scheduled notebook as it is now."""

    notebook: dict[str, Any]


class Scheduled(Answer):
    """The DAG that runs a notebook."""

    dag_id: str
    file_path: str
    source: str


class NotebookSchedule(Answer):
    """One scheduled notebook.

    Attributes:
        is_stale: it was changed since the copy was made; None = only its owner's server can tell.
    """

    dag_id: str
    path: str
    options: dict[str, Any]
    created_by: str
    created_at: datetime
    renewed_at: datetime
    is_stale: bool | None


class ScheduleList(Answer):
    """All scheduled notebooks."""

    schedules: list[NotebookSchedule]


class PreviewQuery(Query):
    """Of which cron, where, how many times."""

    cron: str = Field(max_length=200)
    timezone: str = Field(default="UTC", max_length=100)
    count: int = Field(default=5, ge=1, le=50)


class PreviewTimes(Answer):
    """When a cron fires next, on the clock of its zone."""

    text: str
    timezone: str
    utc_offset: str
    times: list[str]


class Timezones(Answer):
    """Time zones by name, and that of this machine."""

    timezones: list[str]
    local: str
