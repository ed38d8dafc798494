"""BaseOperator and the helpers that stand beside it in Airflow."""

from couture_operators.baseoperator import BaseOperator
from couture_operators.relations import chain, cross_downstream

__all__ = ["BaseOperator", "chain", "cross_downstream"]
