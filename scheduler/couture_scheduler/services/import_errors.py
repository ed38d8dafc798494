"""Files that could not be imported."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import NotFound
from couture_scheduler.schemas.import_errors import (
    ImportErrorCollectionResponse,
    ImportErrorQuery,
    ImportErrorResponse,
)
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import lists, summaries


@service("can_list", "DagModelView")
def get_import_errors(tx: Tx, call: Call, query: ImportErrorQuery) -> ImportErrorCollectionResponse:
    """List import errors."""
    asked = criteria(query, lists.IMPORT_ERROR_COLUMNS)
    listed = lists.list_import_errors(tx, asked, call.dags, call.actor.account)
    found = [_error(row) for row in listed.rows]
    return ImportErrorCollectionResponse(import_errors=found, total_entries=listed.total)


@service("can_show", "DagModelView")
def get_import_error(tx: Tx, call: Call, import_error_id: int) -> ImportErrorResponse:
    """Return one import error."""
    row = summaries.find_import_error(tx, import_error_id, call.dags, call.actor.account)
    if row is None:
        raise NotFound(
            f"There is no import error {import_error_id}; the file was fixed or removed."
        )
    return _error(row)


def _error(row: Any) -> ImportErrorResponse:
    return ImportErrorResponse(
        import_error_id=row.id,
        timestamp=row.created_at,
        filename=row.path,
        stack_trace=row.stack_trace or row.message,
    )
