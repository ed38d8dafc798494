"""Many changes in one call: one way for variables, connections and pools.

An action whose entities exist (or do not), where that is to fail, changes nothing; what one entity
fails of does not keep the others from being changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from couture_scheduler.errors import Conflict, CoutureError, Forbidden, NotFound
from couture_scheduler.schemas.bulk import (
    BulkActionResponse,
    BulkBody,
    BulkCreateAction,
    BulkDeleteAction,
    BulkResponse,
    BulkUpdateAction,
)
from couture_scheduler.services.workflow import Call

E = TypeVar("E", bound=BaseModel)
_PERMISSIONS = {"create": "can_add", "update": "can_edit", "delete": "can_delete"}


@dataclass(frozen=True)
class Entities(Generic[E]):
    """How entities of one kind are found and changed.

    Attributes:
        kind: what one is called.
        menu: the view menu that the permissions are about.
        id_of: the id of an entity.
        exists: whether there is one of that id.
        create, delete: do it.
        update: changes the fields that the mask names; None = those that are given.
    """

    kind: str
    menu: str
    id_of: Callable[[E], str]
    exists: Callable[[str], bool]
    create: Callable[[E], Any]
    update: Callable[[E, list[str] | None], Any]
    delete: Callable[[str], Any]


def run_bulk(call: Call, body: BulkBody[E], of: Entities[E]) -> BulkResponse:
    """Do all actions and say what came of them.

    Raises:
        Forbidden: a permission for one of the actions is missing; nothing is done.
    """
    for action in body.actions:
        needed = _PERMISSIONS[action.action]
        if not call.actor.allows(needed, of.menu):
            raise Forbidden(f"{call.actor.user} lacks the permission {needed} on {of.menu}.")
    found: dict[str, BulkActionResponse] = {}
    for action in body.actions:
        answer = found.setdefault(action.action, BulkActionResponse(success=[], errors=[]))
        try:
            _run(action, of, answer)
        except CoutureError as error:
            answer.errors.append(_error(error))
    call.notes["done"] = {name: one.success for name, one in found.items()}
    return BulkResponse(**found)


def _run(action: Any, of: Entities[E], answer: BulkActionResponse) -> None:
    if isinstance(action, BulkCreateAction):
        _create(action, of, answer)
    elif isinstance(action, BulkUpdateAction):
        known = _known(action, of, [of.id_of(one) for one in action.entities])
        for one in action.entities:
            if of.id_of(one) in known:
                _try(answer, of.id_of(one), of.update, one, action.update_mask)
    elif isinstance(action, BulkDeleteAction):
        ids = [one if isinstance(one, str) else of.id_of(one) for one in action.entities]
        known = _known(action, of, ids)
        for name in dict.fromkeys(ids):
            if name in known:
                _try(answer, name, of.delete, name)


def _create(action: BulkCreateAction[E], of: Entities[E], answer: BulkActionResponse) -> None:
    there = [name for one in action.entities if of.exists(name := of.id_of(one))]
    if there and action.action_on_existence == "fail":
        raise Conflict(f"There is a {of.kind} {', '.join(sorted(there))} already.")
    for one in action.entities:
        name = of.id_of(one)
        if not of.exists(name):
            _try(answer, name, of.create, one)
        elif action.action_on_existence == "overwrite":
            _try(answer, name, of.update, one, None)


def _known(
    action: BulkUpdateAction[E] | BulkDeleteAction[E], of: Entities[E], ids: list[str]
) -> set[str]:
    known = {name for name in ids if of.exists(name)}
    absent = sorted(set(ids) - known)
    if absent and action.action_on_non_existence == "fail":
        raise NotFound(f"There is no {of.kind} {', '.join(absent)}.")
    return known


def _try(answer: BulkActionResponse, name: str, change: Callable[..., Any], *args: Any) -> None:
    try:
        change(*args)
    except CoutureError as error:
        answer.errors.append(_error(error))
    else:
        answer.success.append(name)


def _error(error: CoutureError) -> dict[str, Any]:
    kinds = {NotFound: 404, Conflict: 409, Forbidden: 403}
    status = next((kinds[one] for one in kinds if isinstance(error, one)), 422)
    return {"error": str(error), "status_code": status}
