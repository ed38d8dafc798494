"""Variable under its full path."""

from couture_operators.variable import Variable

__all__ = ["Variable"]
