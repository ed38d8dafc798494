"""How a task's total priority comes about: by a rule, or by an author's own strategy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from couture_operators import validation
from couture_operators.trigger_rule import WeightRule

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator


class PriorityWeightStrategy:
    """The base of a class that computes a task's priority.

    An instance may stand as `weight_rule`. It is asked once, for a first try, while the file is read.
    """

    def get_weight(self, ti: Any) -> int:
        """The weight of a task instance."""
        raise NotImplementedError(f"{type(self).__name__} has no get_weight method.")

    def serialize(self) -> dict[str, Any]:
        """Not used here: the strategy itself stays in the DAG file."""
        return {}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> PriorityWeightStrategy:
        """Not used here: the strategy itself stays in the DAG file."""
        return cls(**data)


def rule_of(where: str, value: Any) -> tuple[str, PriorityWeightStrategy | None]:
    """The rule and the strategy that a `weight_rule` stands for; a sentence for anything else."""
    if isinstance(value, PriorityWeightStrategy):
        return str(WeightRule.ABSOLUTE), value
    try:
        return str(WeightRule(value)), None
    except ValueError:
        known = ", ".join(WeightRule)
        validation.refuse(where, f"weight_rule {value!r} does not exist; the rules are {known}.")


def asked_of(task: BaseOperator, strategy: PriorityWeightStrategy) -> int:
    """What a strategy says of a task, which is finished together with its DAG."""
    first_try = SimpleNamespace(
        task=task,
        task_id=task.task_id,
        dag_id=task.dag_id,
        priority_weight=task.priority_weight,
        try_number=1,
        _try_number=1,
        map_index=-1,
        queue=task.queue,
        pool=task.pool,
    )
    try:
        return int(strategy.get_weight(first_try))
    except Exception as err:  # noqa: BLE001 - author code may raise anything
        name = type(strategy).__name__
        validation.refuse(task._sentence_name, f"the weight_rule {name} failed: {err!r}.")
