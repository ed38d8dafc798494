"""Files that could not be imported, as in v2.yaml."""

from datetime import datetime

from couture_scheduler.schemas.base import Answer, Page


class ImportErrorQuery(Page):
    """Which import errors."""

    filename: str | None = None
    filename_pattern: str | None = None
    filename_prefix_pattern: str | None = None


class ImportErrorResponse(Answer):
    """Why one file could not be imported."""

    import_error_id: int
    timestamp: datetime
    filename: str
    bundle_name: str | None = "dags"
    stack_trace: str


class ImportErrorCollectionResponse(Answer):
    """A page of import errors."""

    import_errors: list[ImportErrorResponse]
    total_entries: int
