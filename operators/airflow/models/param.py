"""Param under its full path."""

from couture_operators.params import Param

__all__ = ["Param"]
