"""Widgets in a notebook that the scheduler runs: nobody looks, so they act as nobody."""

import json

import nbformat
import pytest
from deployment import Deployment
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.processes

CELL = """
import json, os
from couture_widgets import RunWidget
from couture_widgets.client import Client

private = [name for name in os.environ if name.startswith("JUPYTERHUB_")]
private += [name for name in ("COUTURE_SERVICE_URL",) if name in os.environ]
try:
    reached = [one.dag_id for one in Client().dags()]
except Exception as error:
    reached = type(error).__name__
print(json.dumps([private, reached, repr(RunWidget("watching"))]))
RunWidget("watching")
"""
FILE = """
from couture_operators import CoutureJupyterOperator
with DAG("watching", schedule=None, start_date=START, is_paused_upon_creation=False):
    CoutureJupyterOperator(task_id="nb", input_nb="watching.ipynb")
"""


def test_a_scheduled_notebook_has_no_token_and_its_widgets_say_so(
    tmp_path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COUTURE_SERVICE_URL", "http://127.0.0.1:1/services/workflow/")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a-token-of-the-agents-starter")
    deployment = Deployment(tmp_path / "home").start()
    try:
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = new_notebook(cells=[new_code_cell(CELL)], metadata={"kernelspec": spec})
        path = deployment.settings.home_path / "notebooks" / "watching.ipynb"
        path.write_text(nbformat.writes(notebook))
        deployment.write("watching.py", FILE)
        run = deployment.trigger("watching")
        assert deployment.wait_for_run("watching", run, 60) == "success"
        draft = deployment.settings.outputs_path / "watching" / run / "nb" / "1.ipynb"
        printed, shown = nbformat.read(draft, as_version=4).cells[-1].outputs
    finally:
        deployment.stop()
    private, reached, told = json.loads(printed["text"])
    assert private == []
    assert reached == "Away"
    assert "the scheduler runs this notebook for nobody" in told
    assert dict(shown["data"]) == {"text/plain": told}
