"""The trigger rules."""

from couture_operators.trigger_rule import TriggerRule

__all__ = ["TriggerRule"]
