"""DagRun under its full path."""

from couture_operators.taskinstance import DagRun

__all__ = ["DagRun"]
