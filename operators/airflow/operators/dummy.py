"""DummyOperator under its 2.x path."""

from couture_operators.operators.empty import DummyOperator, EmptyOperator

__all__ = ["DummyOperator", "EmptyOperator"]
