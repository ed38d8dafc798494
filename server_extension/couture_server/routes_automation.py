"""Routes for backfills, as in v2.yaml; for SLA misses and callbacks, which are ours."""

from couture_scheduler.schemas import backfills as schemas
from couture_scheduler.schemas import callbacks as callback_schemas
from couture_scheduler.schemas import sla_misses as sla_schemas
from couture_scheduler.schemas.logs import LogChunk
from couture_scheduler.services import backfills, callbacks, sla_misses
from couture_server.routing import Route

_BACKFILL = "api/v2/backfills/{backfill_id:int}"
_CALLBACK = "api/couture/callbacks/{callback_id}"
_MISS = "api/couture/slaMisses/{sla_miss_id:int}"

AUTOMATION_ROUTES = (
    Route(
        "GET",
        "api/v2/backfills",
        backfills.list_backfills,
        "Backfills",
        schemas.BackfillCollectionResponse,
        query=schemas.BackfillQuery,
    ),
    Route(
        "POST",
        "api/v2/backfills",
        backfills.create_backfill,
        "Have the runs of a range of dates made",
        schemas.BackfillResponse,
        schemas.BackfillPostBody,
    ),
    Route(
        "POST",
        "api/v2/backfills/dry_run",
        backfills.create_backfill_dry_run,
        "The runs that a backfill would make",
        schemas.DryRunBackfillCollectionResponse,
        schemas.BackfillPostBody,
    ),
    Route("GET", _BACKFILL, backfills.get_backfill, "One backfill", schemas.BackfillResponse),
    Route(
        "PUT",
        _BACKFILL + "/pause",
        backfills.pause_backfill,
        "Start no further runs of a backfill",
        schemas.BackfillResponse,
    ),
    Route(
        "PUT",
        _BACKFILL + "/unpause",
        backfills.unpause_backfill,
        "Go on with a backfill",
        schemas.BackfillResponse,
    ),
    Route(
        "PUT",
        _BACKFILL + "/cancel",
        backfills.cancel_backfill,
        "End a backfill",
        schemas.BackfillResponse,
    ),
    Route(
        "GET",
        "api/couture/backfills/{backfill_id:int}/runs",
        backfills.get_backfill_runs,
        "The dates of a backfill with their runs",
        schemas.BackfillRunCollectionResponse,
    ),
    Route(
        "GET",
        "api/couture/slaMisses",
        sla_misses.get_sla_misses,
        "Tasks that were not done in time",
        sla_schemas.SlaMissCollectionResponse,
        query=sla_schemas.SlaMissQuery,
    ),
    Route("GET", _MISS, sla_misses.get_sla_miss, "One miss", sla_schemas.SlaMissResponse),
    Route(
        "PATCH",
        _MISS,
        sla_misses.patch_sla_miss,
        "Write what is said about a miss",
        sla_schemas.SlaMissResponse,
        sla_schemas.SlaMissPatchBody,
    ),
    Route(
        "GET",
        "api/couture/callbacks",
        callbacks.get_callbacks,
        "Author code that was called beside the tasks",
        callback_schemas.CallbackCollectionResponse,
        query=callback_schemas.CallbackQuery,
    ),
    Route(
        "GET", _CALLBACK, callbacks.get_callback, "One callback", callback_schemas.CallbackResponse
    ),
    Route(
        "GET",
        _CALLBACK + "/log",
        callbacks.get_callback_log,
        "New text of a callback's log",
        LogChunk,
        query=callback_schemas.CallbackLogQuery,
    ),
)
