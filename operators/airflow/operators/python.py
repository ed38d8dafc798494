"""The Python operators under their 2.x path."""

from couture_operators.operators.python import (
    BranchPythonOperator,
    PythonOperator,
    ShortCircuitOperator,
)

__all__ = ["BranchPythonOperator", "PythonOperator", "ShortCircuitOperator"]
