"""The operators, importable in one place."""

from couture_operators.baseoperator import BaseOperator
from couture_operators.operators.bash import BashOperator
from couture_operators.operators.dag import DagOperator
from couture_operators.operators.empty import DummyOperator, EmptyOperator
from couture_operators.operators.jupyter import CoutureJupyterNotebook, CoutureJupyterOperator
from couture_operators.operators.python import (
    BranchPythonOperator,
    PythonOperator,
    ShortCircuitOperator,
)
from couture_operators.operators.spark import CouturePySparkOperator, CoutureSparkOperator

__all__ = [
    "BaseOperator",
    "BashOperator",
    "BranchPythonOperator",
    "CoutureJupyterNotebook",
    "CoutureJupyterOperator",
    "CouturePySparkOperator",
    "CoutureSparkOperator",
    "DagOperator",
    "DummyOperator",
    "EmptyOperator",
    "PythonOperator",
    "ShortCircuitOperator",
]
