"""Widgets in a notebook of JupyterLab, in a real browser."""

from pathlib import Path

import pytest
from lab_pages import run_command, use_theme
from notebooks import run_all, save_notebook
from playwright.sync_api import Locator, expect
from shots import shoot

STEPS = """
import time
from datetime import datetime
from pathlib import Path
from couture_operators import DAG, PythonOperator

MARKS = Path({marks!r})

def work(name):
    print("line 1 of", name)
    while not (MARKS / name).exists():
        time.sleep(0.01)
    print("line 2 of", name)

with DAG("steps", schedule="0 2 * * *", start_date=datetime(2026, 11, 1), catchup=False,
         description="Orders of the day, from the shop to the report",
         is_paused_upon_creation=False):
    tasks = [
        PythonOperator(task_id=name, python_callable=work, op_args=[name])
        for name in ("extract_orders", "stage_orders", "publish_report")
    ]
    tasks[0] >> tasks[1] >> tasks[2]
"""
CELLS = (
    "from couture_widgets import DagList, DagWidget, RunWidget\n\nDagWidget('steps')",
    "run = RunWidget('steps')\nrun",
    "DagList('steps')",
)


@pytest.fixture
def steps(lab, tmp_path: Path) -> Path:
    for name in ("extract_orders", "stage_orders", "publish_report"):
        (tmp_path / name).touch()
    lab.write_dag("steps.py", STEPS.format(marks=str(tmp_path)))
    return tmp_path


def row(widget: Locator, task: str, state: str) -> Locator:
    return widget.locator(f'tr[data-task="{task}"][data-state="{state}"]')


def press(widget: Locator, name: str) -> None:
    widget.get_by_role("button", name=name, exact=True).click()


def test_a_run_is_triggered_in_a_notebook_and_followed_to_its_end(open_lab, lab, steps: Path):
    save_notebook(lab.home / "notebooks" / "watch.ipynb", *CELLS)
    page = open_lab()
    widgets = run_all(page, "notebooks/watch.ipynb")
    dag, run = widgets.nth(0), widgets.nth(1)
    expect(dag).to_contain_text("Every day at 02:00", timeout=30_000)
    expect(widgets.nth(2)).to_contain_text("steps")
    press(run, "Trigger")
    expect(row(run, "publish_report", "success")).to_be_visible(timeout=30_000)
    for name in ("stage_orders", "publish_report"):
        (steps / name).unlink()

    press(dag, "Trigger")
    expect(row(dag, "stage_orders", "running")).to_be_visible(timeout=30_000)
    expect(row(run, "extract_orders", "success")).to_be_visible()
    expect(row(run, "stage_orders", "running")).to_be_visible()
    expect(widgets.nth(2)).to_contain_text("Running for")
    expect(run).to_contain_text("line 1 of stage_orders")
    run_command(page, "application:toggle-left-area")
    page.set_viewport_size({"width": 1440, "height": 1400})
    expect(run.get_by_role("combobox")).to_have_value("Log of what runs or failed")
    shoot(page, "widgets-light")
    use_theme(page, "Dark")
    shoot(page, "widgets-dark")
    use_theme(page, "Light")
    for name in ("stage_orders", "publish_report"):
        (steps / name).touch()
    for widget in (dag, run):
        expect(row(widget, "publish_report", "success")).to_be_visible(timeout=15_000)
        expect(widget.locator(".couture-w-badge").first).to_contain_text("Success in")
    expect(run).to_contain_text("line 2 of publish_report")
    shoot(page, "widgets-success-light")
