"""The weight rules."""

from couture_operators.trigger_rule import WeightRule

__all__ = ["WeightRule"]
