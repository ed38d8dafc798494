"""Pools: their size, and who holds their slots."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid, NotFound
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.bulk import BulkBody, BulkResponse
from couture_scheduler.schemas.pools import (
    PoolBody,
    PoolCollectionResponse,
    PoolPatchBody,
    PoolQuery,
    PoolResponse,
)
from couture_scheduler.services.bulk import Entities, run_bulk
from couture_scheduler.services.paging import criteria, wanted_fields
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import TaskState
from couture_scheduler.store import pools
from couture_scheduler.store.limits import DEFAULT_POOL

T = TaskState
_MENU = "PoolModelView"
UNLIMITED = -1
_FIXED = frozenset({"description"})
_NAMED = 5


@service("can_list", _MENU)
def get_pools(tx: Tx, call: Call, query: PoolQuery) -> PoolCollectionResponse:
    """List pools with their slots."""
    listed = pools.list_pools(tx, criteria(query, pools.POOL_COLUMNS))
    return PoolCollectionResponse(pools=_answers(tx, listed.rows), total_entries=listed.total)


@service("can_show", _MENU)
def get_pool(tx: Tx, call: Call, pool_name: str) -> PoolResponse:
    """Return one pool with its slots."""
    return _answers(tx, [_get(tx, pool_name)])[0]


@service("can_add", _MENU, mutates=True)
def post_pool(tx: Tx, call: Call, body: PoolBody) -> PoolResponse:
    """Add a pool."""
    _create(tx, call, body)
    return get_pool.function(tx, call, body.name)


@service("can_edit", _MENU, mutates=True)
def patch_pool(
    tx: Tx, call: Call, pool_name: str, body: PoolPatchBody, query: UpdateMask
) -> PoolResponse:
    """Change a pool; tasks that wait for its slots are looked at again."""
    if body.pool not in (None, pool_name):
        raise Invalid("A pool keeps its name: tasks know it by that.", "pool")
    fields = wanted_fields(body, query) - {"pool", "team_name"}
    _change(tx, call, pool_name, {name: getattr(body, name) for name in fields})
    return get_pool.function(tx, call, pool_name)


@service("can_delete", _MENU, mutates=True)
def delete_pool(tx: Tx, call: Call, pool_name: str) -> None:
    """Delete a pool that no task uses."""
    _delete(tx, call, pool_name)


@service("can_edit", _MENU, mutates=True)
def bulk_pools(tx: Tx, call: Call, body: BulkBody[PoolBody]) -> BulkResponse:
    """Add, change and delete many pools."""

    def update(one: PoolBody, mask: list[str] | None) -> None:
        fields = wanted_fields(one, UpdateMask(update_mask=mask or [])) - {"name", "team_name"}
        _change(tx, call, one.name, {name: getattr(one, name) for name in fields})

    of = Entities[PoolBody](
        "pool",
        _MENU,
        lambda one: one.name,
        lambda name: pools.find_pool(tx, name) is not None,
        lambda one: _create(tx, call, one),
        update,
        lambda name: _delete(tx, call, name),
    )
    return run_bulk(call, body, of)


def _get(tx: Tx, name: str) -> Any:
    row = pools.find_pool(tx, name)
    if row is None:
        raise NotFound(f"There is no pool {name!r}.")
    return row


def _create(tx: Tx, call: Call, body: PoolBody) -> None:
    if pools.find_pool(tx, body.name) is not None:
        raise Conflict(f"There is a pool {body.name!r} already.")
    _check_slots(body.slots)
    pools.add_pool(tx, body.model_dump(exclude={"team_name"}))
    call.workflow.ring(tx, "scheduler")  # tasks may have waited for it


def _change(tx: Tx, call: Call, name: str, values: dict[str, Any]) -> None:
    row = _get(tx, name)
    values = {
        column: value for column, value in values.items() if value is not None or column in _FIXED
    }
    if name == DEFAULT_POOL and values.get("description", row.description) != row.description:
        raise Invalid(f"The description of {DEFAULT_POOL} cannot be changed.", "description")
    _check_slots(values.get("slots", row.slots))
    call.notes["before"] = {column: getattr(row, column) for column in values}
    if values:
        pools.change_pool(tx, name, values)
    call.workflow.ring(tx, "scheduler")


def _check_slots(slots: int) -> None:
    if slots < UNLIMITED:
        raise Invalid("A pool has 0 slots or more; -1 = without a limit.", "slots")


def _delete(tx: Tx, call: Call, name: str) -> None:
    _get(tx, name)
    if name == DEFAULT_POOL:
        raise Conflict(f"{DEFAULT_POOL} cannot be deleted: tasks that name no pool use it.")
    users = pools.list_users(tx, name)
    if users:
        raise Conflict(
            f"Tasks of {_names(call, users)} use the pool {name!r} and could not run without it. "
            "Give them another pool first."
        )
    if held := sum(pools.count_slots(tx, [name]).get(name, {}).values()):
        raise Conflict(f"{held} slots of the pool {name!r} are held or waited for.")
    pools.delete_pool(tx, name)


def _names(call: Call, dag_ids: list[str]) -> str:
    seen = [one for one in dag_ids if call.actor.sees(one)][:_NAMED]
    more = len(dag_ids) - len(seen)
    return ", ".join([*seen, f"{more} more DAGs"] if more else seen)


def _answers(tx: Tx, rows: list[Any]) -> list[PoolResponse]:
    counts = pools.count_slots(tx, [row.name for row in rows])
    return [_answer(row, counts.get(row.name, {})) for row in rows]


def _answer(row: Any, counts: dict[str, int]) -> PoolResponse:
    running = counts.get(T.RUNNING, 0) + counts.get(T.RESTARTING, 0)
    queued, deferred = counts.get(T.QUEUED, 0), counts.get(T.DEFERRED, 0)
    occupied = running + queued + (deferred if row.include_deferred else 0)
    return PoolResponse(
        name=row.name,
        slots=row.slots,
        description=row.description,
        include_deferred=row.include_deferred,
        occupied_slots=occupied,
        running_slots=running,
        queued_slots=queued,
        scheduled_slots=counts.get(T.SCHEDULED, 0),
        deferred_slots=deferred,
        open_slots=UNLIMITED if row.slots == UNLIMITED else row.slots - occupied,
    )
