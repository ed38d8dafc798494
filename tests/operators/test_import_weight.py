import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

AIRFLOW = Path(__file__).parents[2] / "operators" / "airflow"
HEAVY = ["sqlalchemy", "tornado", "asyncio", "pydantic", "multiprocessing", "papermill", "ssl"]
MODULES = sorted(
    ".".join(path.relative_to(AIRFLOW.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in AIRFLOW.rglob("*.py")
)


def test_importing_the_package_stays_light_and_starts_no_thread():
    code = (
        "import couture_operators, couture_operators.execution, couture_operators.serialize\n"
        "import json, sys, threading\n"
        f"print(json.dumps([[m for m in {HEAVY} if m in sys.modules], threading.active_count()]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert json.loads(found) == [[], 1]


@pytest.mark.parametrize("module", MODULES)
def test_airflows_paths_offer_what_they_name(module):
    found = importlib.import_module(module)
    assert all(hasattr(found, name) for name in getattr(found, "__all__", []))


def test_the_manuals_imports():
    import couture_operators as native
    from airflow import DAG
    from airflow.models import Variable
    from airflow.operators import CouturePySparkOperator, CoutureSparkOperator
    from airflow.operators.bash_operator import BashOperator
    from airflow.operators.dag_operator import DagOperator
    from airflow.operators.jupyter_operator import CoutureJupyterNotebook, CoutureJupyterOperator

    for found in (DAG, Variable, CouturePySparkOperator, CoutureSparkOperator, BashOperator):
        assert found is getattr(native, found.__name__)
    assert DagOperator is native.DagOperator
    assert CoutureJupyterNotebook is CoutureJupyterOperator
