"""BaseHook under its 2.x path."""

from couture_operators.connection import BaseHook

__all__ = ["BaseHook"]
