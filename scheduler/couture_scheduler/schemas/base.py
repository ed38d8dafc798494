"""What all schemas share: strict bodies, paged queries, bounds on times."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, create_model

Moment = AwareDatetime


def _assume_utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and not moment.tzinfo else moment


#: a time in a query, or none; without a zone it is UTC
Instant = Annotated[datetime | None, AfterValidator(_assume_utc)]


class Answer(BaseModel):
    """An answer; fields that v2.yaml calls optional are sent as null."""


class Body(BaseModel):
    """A request's body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Query(BaseModel):
    """A request's query; unknown names are ignored, as Airflow does."""

    model_config = ConfigDict(extra="ignore")


class Page(Query):
    """Which page of a list."""

    limit: int = Field(default=50, ge=0, le=1000)
    offset: int = Field(default=0, ge=0, le=10**12)
    order_by: list[str] = []


class UpdateMask(Query):
    """Which fields of a body count; none named = all that are there."""

    update_mask: list[str] = []


class MapIndex(Query):
    """Which of a mapped task's instances; -1 = it is not mapped."""

    map_index: int = -1


def with_bounds(name: str, base: type[Page], times: tuple[str, ...], numbers: tuple[str, ...] = ()):
    """Return `base` with `<field>_gte`, `_gt`, `_lte` and `_lt` for each field."""
    fields: dict[str, Any] = {
        f"{field}_{bound}": (kind, None)
        for fields, kind in ((times, Instant), (numbers, float | None))
        for field in fields
        for bound in ("gte", "gt", "lte", "lt")
    }
    return create_model(name, __base__=base, __module__=__name__, **fields)
