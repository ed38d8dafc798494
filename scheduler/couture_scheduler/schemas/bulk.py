"""Many changes in one call, as in v2.yaml: the actions of one kind of entity, and what came of it."""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from couture_scheduler.schemas.base import Answer, Body

E = TypeVar("E", bound=BaseModel)


class BulkCreateAction(Body, Generic[E]):
    """Entities to add."""

    action: Literal["create"]
    entities: list[E]
    action_on_existence: Literal["fail", "skip", "overwrite"] = "fail"


class BulkUpdateAction(Body, Generic[E]):
    """Entities to change."""

    action: Literal["update"]
    entities: list[E]
    update_mask: list[str] | None = None
    action_on_non_existence: Literal["fail", "skip"] = "fail"


class BulkDeleteAction(Body, Generic[E]):
    """Entities to delete, or their ids."""

    action: Literal["delete"]
    entities: list[str | E]
    action_on_non_existence: Literal["fail", "skip"] = "fail"


class BulkBody(Body, Generic[E]):
    """Actions, done one after the other."""

    actions: list[
        Annotated[
            BulkCreateAction[E] | BulkUpdateAction[E] | BulkDeleteAction[E],
            Field(discriminator="action"),
        ]
    ]


class BulkActionResponse(Answer):
    """What came of the actions of one kind."""

    success: list[str] = []
    errors: list[dict[str, Any]] = []


class BulkResponse(Answer):
    """What came of all actions; None = there was none of the kind."""

    create: BulkActionResponse | None = None
    update: BulkActionResponse | None = None
    delete: BulkActionResponse | None = None
