"""XComs, as in v2.yaml."""

from datetime import datetime
from typing import Any

from couture_scheduler.schemas.base import Answer, Page, Query, with_bounds

_Bounded = with_bounds("_Bounded", Page, ("run_after", "logical_date"))


class XComQuery(_Bounded):
    """Which XComs."""

    xcom_key: str | None = None
    map_index: int | None = None
    xcom_key_pattern: str | None = None
    xcom_key_prefix_pattern: str | None = None
    run_id_pattern: str | None = None
    run_id_prefix_pattern: str | None = None
    task_id_pattern: str | None = None
    task_id_prefix_pattern: str | None = None


class XComEntryQuery(Query):
    """In which form the value is wanted."""

    map_index: int = -1
    deserialize: bool = False
    stringify: bool = False


class XComResponse(Answer):
    """One XCom without its value."""

    key: str
    timestamp: datetime
    logical_date: datetime | None
    map_index: int
    task_id: str
    dag_id: str
    run_id: str
    run_after: datetime
    dag_display_name: str
    task_display_name: str


class XComCollectionResponse(Answer):
    """A page of XComs."""

    xcom_entries: list[XComResponse]
    total_entries: int


class XComResponseNative(XComResponse):
    """One XCom with its value; of a pickled one its text."""

    value: Any
