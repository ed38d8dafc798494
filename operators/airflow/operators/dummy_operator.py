"""DummyOperator under its 1.10 path."""

from couture_operators.operators.empty import DummyOperator, EmptyOperator

__all__ = ["DummyOperator", "EmptyOperator"]
