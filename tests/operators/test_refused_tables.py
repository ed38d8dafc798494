"""Names of Airflow's database tables, and hooks that old provider modules carried along."""

import importlib

import pytest


@pytest.mark.parametrize(
    "name",
    ["models.DagTag", "models.ImportError", "models.serialized_dag", "models.dag.get_last_dagrun"],
)
def test_a_table_of_airflows_database_is_refused_with_what_to_use_instead(name):
    module, _, attribute = f"airflow.{name}".rpartition(".")
    with pytest.raises(
        ImportError, match="do not reach the scheduler's database; use the HTTP API"
    ):
        exec(f"from {module} import {attribute}")


@pytest.mark.parametrize(
    ("module", "hook"),
    [("postgres", "PostgresHook"), ("mysql", "MySqlHook"), ("sqlite", "SqliteHook")],
)
def test_an_operators_module_carries_its_hook_along(module, hook):
    operators = importlib.import_module(f"airflow.providers.{module}.operators.{module}")
    hooks = importlib.import_module(f"airflow.providers.{module}.hooks.{module}")
    assert getattr(operators, hook) is getattr(hooks, hook)
