"""`airflow.lineage`: what may stand among inlets and outlets beside assets.

It has no effect: this product keeps no lineage but that of assets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

AUTO = "auto"
PIPELINE_OUTLETS = "pipeline_outlets"
PIPELINE_INLETS = "pipeline_inlets"


def apply_lineage(func: Any) -> Any:
    """The function itself."""
    return func


prepare_lineage = apply_lineage


@dataclass
class File:
    """A file, by its address."""

    url: str
    type_hint: str | None = None
    template_fields: ClassVar[tuple[str, ...]] = ("url",)


@dataclass
class User:
    """A person."""

    email: str
    first_name: str | None = None
    last_name: str | None = None
    template_fields: ClassVar[tuple[str, ...]] = ("email", "first_name", "last_name")


@dataclass
class Tag:
    """A word about a table or column."""

    tag_name: str
    template_fields: ClassVar[tuple[str, ...]] = ("tag_name",)


@dataclass
class Column:
    """A column of a table."""

    name: str
    description: str | None = None
    data_type: str | None = None
    tags: list[Tag] = field(default_factory=list)
    template_fields: ClassVar[tuple[str, ...]] = ("name", "description", "data_type", "tags")


@dataclass
class Table:
    """A table of a database."""

    database: str
    cluster: str
    name: str
    tags: list[Tag] = field(default_factory=list)
    description: str | None = None
    columns: list[Column] = field(default_factory=list)
    owners: list[User] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    type_hint: str | None = None
    template_fields: ClassVar[tuple[str, ...]] = (
        *("database", "cluster", "name", "tags", "description"),
        *("columns", "owners", "extra"),
    )


class DataSet:
    """The base of Airflow 1.10's data sets; its arguments become attributes."""

    type_name: ClassVar[str] = "dataSet"

    def __init__(self, qualified_name: str | None = None, data: Any = None, **attributes: Any):
        self.qualified_name = qualified_name
        self.data = {**(data or {}), **attributes}
        vars(self).update(self.data)


class DataBase(DataSet):
    """A database."""

    type_name = "dbStore"


class OldFile(DataSet):
    """`File` of Airflow 1.10: a file by its path."""

    type_name = "fs_path"

    def __init__(self, name: str | None = None, data: Any = None):
        super().__init__(qualified_name=name, data=data, name=name, path=name)


class HadoopFile(OldFile):
    """A file in HDFS."""

    type_name = "hdfs_file"
