"""What DAG files take from `airflow.models`."""

from couture_operators.baseoperator import BaseOperator
from couture_operators.connection import Connection
from couture_operators.dag import DAG
from couture_operators.params import Param
from couture_operators.taskinstance import DagRun, TaskInstance
from couture_operators.variable import Variable

__all__ = ["BaseOperator", "Connection", "DAG", "DagRun", "Param", "TaskInstance", "Variable"]
