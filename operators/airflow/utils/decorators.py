"""The decorator of 1.10's author-written operators."""

from couture_operators.baseoperator import apply_defaults

__all__ = ["apply_defaults"]
