import json
import subprocess
import sys

HEAVY = ["sqlalchemy", "tornado", "asyncio", "pydantic", "multiprocessing", "papermill", "ssl"]


def test_importing_the_package_stays_light_and_starts_no_thread():
    code = (
        "import couture_operators, couture_operators.execution, couture_operators.serialize\n"
        "import json, sys, threading\n"
        f"print(json.dumps([[m for m in {HEAVY} if m in sys.modules], threading.active_count()]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert json.loads(found) == [[], 1]


def test_the_manuals_imports():
    from airflow.models import Variable
    from airflow.operators import CouturePySparkOperator, CoutureSparkOperator
    from airflow.operators.bash_operator import BashOperator
    from airflow.operators.dag_operator import DagOperator
    from airflow.operators.jupyter_operator import CoutureJupyterNotebook, CoutureJupyterOperator

    import couture_operators as native
    from airflow import DAG

    for found in (DAG, Variable, CouturePySparkOperator, CoutureSparkOperator, BashOperator):
        assert found is getattr(native, found.__name__)
    assert DagOperator is native.DagOperator
    assert CoutureJupyterNotebook is CoutureJupyterOperator
