"""DagOperator, as the manual imports it."""

from couture_operators.operators.dag import DagOperator

__all__ = ["DagOperator"]
