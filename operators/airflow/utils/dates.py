"""Dates relative to today."""

from couture_operators.dates import days_ago

__all__ = ["days_ago"]
