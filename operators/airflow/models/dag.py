"""DAG under its full path."""

from couture_operators.dag import DAG

__all__ = ["DAG"]
