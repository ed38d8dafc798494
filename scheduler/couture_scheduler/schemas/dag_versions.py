"""Versions of DAGs and their sources, as in v2.yaml."""

from datetime import datetime
from uuid import UUID

from couture_scheduler.schemas.base import Answer, Page, Query


class VersionQuery(Page):
    """Which versions."""

    version_number: int | None = None


class DagVersionResponse(Answer):
    """One version of a DAG."""

    id: UUID
    version_number: int
    dag_id: str
    dag_display_name: str
    bundle_name: str | None = "dags"
    bundle_version: str | None = None
    bundle_url: str | None = None
    created_at: datetime


class DAGVersionCollectionResponse(Answer):
    """A page of versions."""

    dag_versions: list[DagVersionResponse]
    total_entries: int


class SourceQuery(Query):
    """Which version; the current one if none is named."""

    version_number: int | None = None


class DAGSourceResponse(Answer):
    """The file of one version."""

    content: str | None
    dag_id: str
    version_number: int | None
    dag_display_name: str
