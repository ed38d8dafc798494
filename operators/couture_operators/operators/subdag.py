"""SubDagOperator: a DAG inside a DAG, registered as `parent.child` and run at the same date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from couture_operators import registry, validation
from couture_operators.context import Context
from couture_operators.dag import DAG
from couture_operators.operators.runs import RunStarter
from couture_operators.runtime import current_runtime
from couture_operators.schedule import Schedule


class SubDagOperator(RunStarter):
    """Run another DAG of this file as one task; a task group does the same with less.

    The child is named `<this dag_id>.<this task_id>`. It is a DAG of its own that only this task
    starts: its schedule is left out, and it is on. The task holds no process while the child runs.
    """

    template_fields: Sequence[str] = ("conf",)
    ui_color: ClassVar[str] = "#555"
    ui_fgcolor: ClassVar[str] = "#fff"
    operator_kind: ClassVar[str] = "dag"
    allowed_states = ("success",)
    failed_states = ("failed",)

    def __init__(
        self,
        *,
        subdag: DAG,
        conf: dict[str, Any] | None = None,
        propagate_skipped_state: Any = None,
        session: Any = None,
        poke_interval: float = 2,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not isinstance(subdag, DAG):
            validation.refuse(self._sentence_name, f"subdag must be a DAG, not {subdag!r}.")
        self.subdag, self.conf, self.poke_interval = subdag, conf, poke_interval
        if subdag.dag_id != (wanted := f"{self.dag.dag_id}.{self.task_id}"):
            validation.refuse(
                self._sentence_name,
                f"the subdag must have the dag_id {wanted!r}, not {subdag.dag_id!r}.",
            )
        subdag.schedule, subdag.parent_dag = Schedule("none"), self.dag
        subdag.is_paused_upon_creation = False
        registry.register(subdag)

    @property
    def _triggers_dag(self) -> str:
        """The child's dag_id."""
        return self.subdag.dag_id

    def execute(self, context: Context) -> None:
        """Start the child's run of this logical date, or again one that did not succeed."""
        moment = context["logical_date"].isoformat()
        runtime, dag_id = current_runtime(), self.subdag.dag_id
        found = runtime.dag_runs(dag_id, logical_dates=[moment])
        if not found or found[0]["state"] in self.failed_states:
            run_id = found[0]["run_id"] if found else context["run_id"]
            started = runtime.trigger_dag(dag_id, run_id, self.conf, moment, reset=True)
            self.push_run(context, started)
            return self.look_again(dag_id, run_id)
        self.push_run(context, {"dag_id": dag_id, **found[0]})
        return self.await_run(dag_id, found[0]["run_id"])
