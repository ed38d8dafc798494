"""LatestOnlyOperator: lets only the newest of the scheduled runs go on."""

from __future__ import annotations

from typing import Any, ClassVar

from couture_operators.context import Context
from couture_operators.operators.branch import BaseBranchOperator
from couture_operators.sensors import waiting


class LatestOnlyOperator(BaseBranchOperator):
    """Skip what is directly after this task in runs that are not the DAG's latest.

    The latest run is the one whose successor is not due yet. Runs that somebody triggered, and the
    last run of a schedule that is over, go on.
    """

    ui_color: ClassVar[str] = "#e9ffdb"

    def choose_branch(self, context: Context) -> Any:
        """Everything directly after this, or nothing."""
        return list(self._downstream_ids) if self._is_latest(context) else []

    def _is_latest(self, context: Context) -> bool:
        if context["dag_run"].external_trigger:
            return True
        begin = context["data_interval_end"]
        end = self.dag.following_schedule(begin)
        return end is None or begin < waiting.now() <= end
