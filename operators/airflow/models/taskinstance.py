"""TaskInstance under its full path."""

from couture_operators.taskinstance import TaskInstance

__all__ = ["TaskInstance"]
