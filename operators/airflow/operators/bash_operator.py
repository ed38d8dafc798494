"""BashOperator under its 1.10 path."""

from couture_operators.operators.bash import BashOperator

__all__ = ["BashOperator"]
