"""BashOperator under its 2.x path."""

from couture_operators.operators.bash import BashOperator

__all__ = ["BashOperator"]
