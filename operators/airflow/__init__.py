"""Airflow's names for what DAG files import, so that existing files run unchanged."""

from couture_operators.dag import DAG
from couture_operators.exceptions import AirflowException

__all__ = ["AirflowException", "DAG"]
