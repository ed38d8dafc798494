"""The Python operators under their 1.10 path."""

from couture_operators.operators.python import (
    BranchPythonOperator,
    PythonOperator,
    ShortCircuitOperator,
)

__all__ = ["BranchPythonOperator", "PythonOperator", "ShortCircuitOperator"]
