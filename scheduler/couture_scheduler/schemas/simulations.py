"""What a simulation is given, and what it shows."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from couture_scheduler.schemas.base import Answer, Body, Moment

LONGEST = timedelta(days=366)
Seconds = Annotated[float, Field(ge=0, le=366 * 86400)]
Name = Annotated[str, Field(max_length=250)]


class SimulateBody(Body):
    """From when to when, and what tasks do: by task_id, `*` for those that are not named."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    begin: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    seed: int = Field(default=0, ge=0, le=2**31)
    duration: dict[Name, tuple[Seconds, Seconds]] = Field(
        default={}, description="Seconds, at least and at most; 60 where nothing is said."
    )
    fail: dict[Name, Annotated[float, Field(ge=0, le=1000)]] = Field(
        default={},
        description="From 1 on: so many tries of each run fail; below: each try by this chance.",
    )
    branch: dict[Name, list[Name]] = Field(
        default={}, description="The tasks below that a task chooses; all, where nothing is said."
    )
    skip: list[Name] = []
    length: dict[Name, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default={}, description="How many values a task returns over which others are mapped; 1."
    )

    @model_validator(mode="after")
    def _in_order(self) -> "SimulateBody":
        if not timedelta(0) < self.end - self.begin <= LONGEST:
            raise ValueError("`to` must be later than `from`, by 366 days at most")
        if any(low > high for low, high in self.duration.values()):
            raise ValueError("the shortest duration must come first")
        return self

    def script(self) -> dict[str, Any]:
        """Return what tasks do, as rehearsal.script.Script takes it."""
        return {
            "seed": self.seed,
            "durations": self.duration,
            "failures": self.fail,
            "branches": self.branch,
            "skips": self.skip,
            "lengths": self.length,
        }


class SimulatedTry(Answer):
    """One try of a task instance, on the clock of the simulation."""

    try_number: int
    state: str
    start: Moment
    end: Moment | None


class SimulatedTask(Answer):
    """A task instance of a simulated run."""

    task_id: str
    map_index: int
    state: str
    reason: str | None
    tries: list[SimulatedTry]


class SimulatedRun(Answer):
    """A run that the scheduler made; `waited`: seconds from when it was due until it began."""

    dag_id: str
    run_id: str
    run_type: str
    logical_date: Moment | None
    data_interval_end: Moment | None
    run_after: Moment
    start: Moment | None
    end: Moment | None
    state: str
    waited: float
    tasks: list[SimulatedTask]


class SimulatedMiss(Answer):
    """An SLA that was missed."""

    dag_id: str
    run_id: str
    task_id: str


class Simulated(Answer):
    """What happens from `begin` to `end`; `is_cut`: it was too much, and ends earlier."""

    begin: Moment
    end: Moment
    is_cut: bool
    runs: list[SimulatedRun]
    sla_misses: list[SimulatedMiss]
