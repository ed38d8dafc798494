import json
import re
import runpy
from pathlib import Path

import pytest

from couture_operators import registry
from couture_operators.serialize import dag_to_dict

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted((EXAMPLES / "dags").glob("*.py"))


def load(path):
    registry.reset(str(path))
    return {dag.dag_id: dag for dag in registry.collect(runpy.run_path(str(path)))}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_example_defines_dags_that_can_be_stored(path):
    dags = load(path)
    assert dags
    for dag in dags.values():
        stored = json.loads(json.dumps(dag_to_dict(dag)))
        assert stored["tasks"]
        assert all(task["line"] for task in stored["tasks"])


def test_the_manuals_dags_keep_their_names():
    found = {dag_id for path in FILES for dag_id in load(path)}
    assert found >= {"PySpark", "dag", "JupyterDAG", "MasterDAG", "parsing_recipes"}


def test_the_manuals_ways_to_state_a_dependency_agree():
    [dag] = load(EXAMPLES / "dags" / "dependencies.py").values()
    edges: dict[str, list[tuple[str, str]]] = {}
    for task in dag.tasks:
        way, _, name = task.task_id.rpartition("_")
        below = sorted(after.rpartition("_")[2] for after in task._downstream_ids)
        edges.setdefault(way, []).extend((name, after) for after in below)
    for way in ("set_downstream", "set_upstream", "shift", "shift_back"):
        assert edges[way] == [("t1", "t2")]
    assert edges["chain"] == [("t1", "t2"), ("t2", "t3")]
    for way in ("list_downstream", "list_shift", "list_shift_back"):
        assert edges[way] == [("t1", "t2"), ("t1", "t3")]


def test_the_sales_report_runs_through(run, runtime):
    dag = load(EXAMPLES / "dags" / "example_sales_report.py")["example_sales_report"]
    skipped = set()
    for task in dag.topological_sort():
        if task.task_id not in skipped:
            outcome = run(task)
            assert outcome.state == "success", outcome.reason
            skipped |= set(outcome.skip_downstream)
    assert len(skipped) == 1
    assert skipped < {"write_long_report", "write_short_report"}


def test_the_recipes_pass_a_value_on(run, capsys):
    dag = load(EXAMPLES / "dags" / "parsing_recipes.py")["parsing_recipes"]
    for task in dag.topological_sort():
        assert run(task).state == "success"
    assert "Printing Task 1 values in Download_image\nRETURNS parse_recipes\n" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize("name", ["testFile2", "sales_report"])
def test_example_notebooks_are_valid_and_have_one_parameters_cell(name):
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(EXAMPLES / "notebooks" / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1


def test_the_sales_notebook_needs_the_standard_library_only():
    notebook = json.loads((EXAMPLES / "notebooks" / "sales_report.ipynb").read_text())
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    imported = re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE)
    assert set(imported) == {"random", "html", "IPython"}
