"""What a new user does in JupyterLab, in a real browser."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
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

with DAG("steps", schedule=None, start_date=datetime(2026, 11, 1), tags=["test"]):
    tasks = [
        PythonOperator(task_id=name, python_callable=work, op_args=[name])
        for name in ("first", "second", "third")
    ]
    tasks[0] >> tasks[1] >> tasks[2]
"""


def open_panel(page: Page):
    page.evaluate("() => { void window.jupyterapp.commands.execute('couture:open-panel') }")
    panel = page.get_by_test_id("couture-dags")
    expect(panel).to_be_visible()
    return panel


def open_path(page: Page, path: str) -> None:
    page.evaluate(
        "path => { void window.jupyterapp.commands.execute('docmanager:open', {path}) }", path
    )


def task(page: Page, name: str, state: str | None = None):
    return page.get_by_role("button", name=re.compile(rf"^{name}, {state or ''}", re.I))


@pytest.fixture
def steps(lab, tmp_path: Path) -> Path:
    lab.write_dag("steps.py", STEPS.format(marks=str(tmp_path)))
    return tmp_path


def test_a_dag_is_switched_on_triggered_and_watched_to_success(open_lab, steps: Path):
    page = open_lab()
    panel = open_panel(page)
    row = panel.locator('[data-dag="steps"]')
    expect(row).to_be_visible()  # paused, yet shown: none is on
    panel.get_by_placeholder("Filter DAGs").fill("step")
    expect(panel.get_by_role("row")).to_have_count(1)
    row.get_by_role("switch").click()
    expect(row.get_by_role("switch")).to_be_checked()
    row.hover()
    row.get_by_role("button", name="Graph of steps").click()
    expect(task(page, "first")).to_be_visible()
    row.hover()
    row.get_by_role("button", name="Trigger steps").click()
    expect(task(page, "first", "running")).to_be_visible()

    task(page, "first").click()
    log = page.get_by_role("tabpanel", name="Log")
    expect(log).to_contain_text("line 1 of first")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    (steps / "first").touch()
    expect(log).to_contain_text("line 2 of first")
    expect(task(page, "second", "running")).to_be_visible()
    shoot(page, "running-light")
    (steps / "second").touch()
    (steps / "third").touch()
    expect(task(page, "third", "success")).to_be_visible()
    assert [url for url in requests if "/workflow/" in url] == []
    expect(page.locator(".couture-Badge", has_text="Success").first).to_be_visible()
    shoot(page, "graph-light")


def test_the_page_is_back_after_a_reload_and_looks_right_in_the_dark(open_lab, lab):
    page = open_lab("workflow=dag/example_sales_report&reset")
    expect(task(page, "done")).to_be_visible(timeout=15_000)
    page.wait_for_function("() => !location.search.includes('workflow=')")
    page.evaluate("() => window.jupyterapp.serviceManager.workspaces && true")
    page.wait_for_timeout(1500)  # Lab saves its layout a second after the last change
    page.goto(f"{lab.url}/lab")
    expect(task(page, "done")).to_be_visible(timeout=15_000)
    page.evaluate(
        "() => { void window.jupyterapp.commands.execute("
        "'apputils:change-theme', {theme: 'JupyterLab Dark'}) }"
    )
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    shoot(page, "graph-dark")
    page.evaluate(
        "() => { void window.jupyterapp.commands.execute("
        "'apputils:change-theme', {theme: 'JupyterLab Light'}) }"
    )
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")


def test_a_notebook_is_scheduled_with_parameters_and_its_output_opens(open_lab):
    page = open_lab()
    open_path(page, "notebooks/testFile2.ipynb")
    page.get_by_role("button", name="Schedule", exact=True).click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("testFile2")
    dialog.get_by_role("button", name="Repeat").click()
    dialog.get_by_label("Cron").fill("30 6 * * 1")
    expect(dialog).to_contain_text(re.compile("monday", re.I))
    expect(dialog.get_by_text("06:30")).to_have_count(6)  # the words and the next five runs
    shoot(page, "schedule-light")
    dialog.get_by_label("Cron").fill("61 * * * *")
    expect(dialog.get_by_role("alert")).to_contain_text("61 is outside 0-59")
    dialog.get_by_role("button", name="Once").click()
    dialog.get_by_label("a", exact=True).fill("9")
    dialog.get_by_role("button", name="Schedule", exact=True).click()

    done = page.get_by_role("button", name=re.compile(r"^\w+, success", re.I))
    expect(done).to_be_visible(timeout=40_000)
    done.click()
    page.get_by_role("tab", name="Notebook").click()
    executed = page.get_by_role("tabpanel", name="Notebook")
    expect(executed).to_contain_text("twice = 2")
    expect(executed).to_contain_text("a = 9")
    shoot(page, "notebook-light")


def test_a_dag_file_saved_in_labs_editor_is_a_new_version_in_a_second(open_lab, lab):
    text = (
        "from datetime import datetime\nfrom couture_operators import DAG, BashOperator\n"
        "with DAG('edited', schedule=None, start_date=datetime(2026, 11, 1)):\n"
        "    BashOperator(task_id='before', bash_command='true')\n"
    )
    path = lab.write_dag("edited.py", text)
    page = open_lab("workflow=dag/edited&reset")
    expect(task(page, "before")).to_be_visible(timeout=15_000)
    started = time.monotonic()
    path.write_text(text.replace("before", "after"))
    expect(task(page, "after")).to_be_visible(timeout=5_000)
    assert time.monotonic() - started < 2  # a second, and what the browser needs

    path.write_text(text + "\ndef broken(:\n")
    alert = page.get_by_role("alert")
    expect(alert.first).to_contain_text("line 6", ignore_case=True, timeout=5_000)
    expect(task(page, "after")).to_be_visible()
    shoot(page, "import-error-light")
    path.write_text(text)
    expect(task(page, "before")).to_be_visible(timeout=5_000)
