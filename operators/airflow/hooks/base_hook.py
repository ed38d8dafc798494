"""BaseHook under its 1.10 path."""

from couture_operators.connection import BaseHook

__all__ = ["BaseHook"]
