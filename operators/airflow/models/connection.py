"""Connection under its full path."""

from couture_operators.connection import Connection

__all__ = ["Connection"]
