"""Helpers that state dependencies."""

from couture_operators.relations import chain, cross_downstream

__all__ = ["chain", "cross_downstream"]
