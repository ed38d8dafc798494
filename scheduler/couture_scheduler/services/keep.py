"""How long and how many runs are kept: what a DAG says of its own, else what the settings say."""

from dataclasses import dataclass
from typing import Any

from couture_scheduler.db.database import Database
from couture_scheduler.settings import Settings
from couture_scheduler.store import old_runs


@dataclass(frozen=True)
class Policy:
    """Which runs of a DAG stay; 0 = that is no reason to delete any.

    Attributes:
        keep_days: runs that were over longer ago go.
        keep_runs: runs go that are not among so many of the newest.
    """

    keep_days: int
    keep_runs: int


def policies(db: Database, settings: Settings) -> dict[str, Policy]:
    """Return the policy of each DAG of which anything may go."""
    with db.read() as tx:
        found = {dag_id: _policy(data, settings) for dag_id, data in old_runs.list_kept(tx)}
    return {dag_id: one for dag_id, one in found.items() if one.keep_days or one.keep_runs}


def _policy(data: dict[str, Any], settings: Settings) -> Policy:
    return Policy(
        data.get("keep_days", settings.keep_days), data.get("keep_runs", settings.keep_runs)
    )
