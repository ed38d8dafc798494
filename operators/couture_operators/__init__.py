"""Author workflows in Python: DAGs, operators and what their tasks may use."""

from couture_operators.assets import Asset, AssetAlias, Dataset, DatasetAlias, Metadata
from couture_operators.baseoperator import BaseOperator
from couture_operators.connection import BaseHook, Connection
from couture_operators.context import get_current_context
from couture_operators.dag import DAG
from couture_operators.dates import days_ago
from couture_operators.decorators import dag, setup, task, task_group, teardown
from couture_operators.edges import Label
from couture_operators.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
)
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
from couture_operators.params import Param
from couture_operators.relations import chain, chain_linear, cross_downstream
from couture_operators.taskgroup import TaskGroup
from couture_operators.trigger_rule import TriggerRule
from couture_operators.variable import Variable
from couture_operators.xcom_arg import XComArg

__all__ = [
    "DAG",
    "AirflowException",
    "AirflowFailException",
    "AirflowSkipException",
    "BaseHook",
    "BaseOperator",
    "BashOperator",
    "BranchPythonOperator",
    "Connection",
    "CoutureJupyterNotebook",
    "CoutureJupyterOperator",
    "CouturePySparkOperator",
    "CoutureSparkOperator",
    "DagOperator",
    "DummyOperator",
    "EmptyOperator",
    "Param",
    "PythonOperator",
    "ShortCircuitOperator",
    "TriggerRule",
    "Variable",
    "chain",
    "cross_downstream",
    "days_ago",
    "Asset",
    "AssetAlias",
    "Dataset",
    "DatasetAlias",
    "Metadata",
    "get_current_context",
    "dag",
    "setup",
    "task",
    "task_group",
    "teardown",
    "Label",
    "TaskGroup",
    "XComArg",
    "chain_linear",
]
