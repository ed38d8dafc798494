"""Pools, as in v2.yaml."""

from pydantic import Field

from couture_scheduler.schemas.base import Answer, Body, Page


class PoolQuery(Page):
    """Which pools."""

    pool_name_pattern: str | None = None
    pool_name_prefix_pattern: str | None = None


class PoolBody(Body):
    """What a pool is to be; -1 slots = without a limit."""

    name: str = Field(min_length=1, max_length=250)
    slots: int = Field(ge=-1, le=1_000_000)
    description: str | None = None
    include_deferred: bool = False
    team_name: None = None


class PoolPatchBody(Body):
    """What to change of a pool."""

    pool: str | None = Field(default=None, max_length=250)
    slots: int | None = Field(default=None, ge=-1, le=1_000_000)
    description: str | None = None
    include_deferred: bool | None = None
    team_name: None = None


class PoolResponse(Answer):
    """One pool and who holds its slots."""

    name: str
    slots: int
    description: str | None
    include_deferred: bool
    occupied_slots: int
    running_slots: int
    queued_slots: int
    scheduled_slots: int
    deferred_slots: int
    open_slots: int
    team_name: None = None


class PoolCollectionResponse(Answer):
    """A page of pools."""

    pools: list[PoolResponse]
    total_entries: int
