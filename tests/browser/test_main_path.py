"""What a new user does in JupyterLab, in a real browser."""

import re
import time
from pathlib import Path

import pytest
from deployment import wait_until
from lab_pages import open_panel, open_path, pick_tab, task, use_theme
from playwright.sync_api import expect
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


def saved_layout(page, lab) -> str:
    """What Lab has saved of its layout; it does so a second after the last change."""
    return page.request.get(f"{lab.url}/lab/api/workspaces/default?token={lab.token}").text()


def test_the_page_is_back_after_a_reload_and_looks_right_in_the_dark(open_lab, lab):
    page = open_lab("workflow=dag/example_sales_report&reset")
    expect(task(page, "done")).to_be_visible(timeout=30_000)
    page.wait_for_function("() => !location.search.includes('workflow=')")
    wait_until(lambda: "couture-dags:example_sales_report" in saved_layout(page, lab))
    page.goto(f"{lab.url}/lab")
    expect(task(page, "done")).to_be_visible(timeout=30_000)
    use_theme(page, "Dark")
    shoot(page, "graph-dark")
    use_theme(page, "Light")


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
    executed = pick_tab(page, "Notebook")  # the only task is chosen already
    expect(executed).to_contain_text("twice = 2")
    expect(executed).to_contain_text("a = 9")
    shoot(page, "notebook-light")


EDITED = """from datetime import datetime
from couture_operators import DAG, BashOperator
with DAG("edited", schedule=None, start_date=datetime(2026, 11, 1)):
    BashOperator(task_id="before", bash_command="true")
"""


@pytest.fixture
def edited(lab) -> Path:
    return lab.write_dag("edited.py", EDITED)


def test_a_dag_file_saved_in_labs_editor_is_a_new_version_at_once(open_lab, edited: Path):
    page = open_lab("workflow=dag/edited&reset")
    expect(task(page, "before")).to_be_visible(timeout=30_000)
    pick_tab(page, "Code")
    page.get_by_role("button", name="Edit in Lab").click()
    editor = page.locator(".jp-FileEditor .cm-content")
    expect(editor).to_contain_text("before")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type('    BashOperator(task_id="typed", bash_command="true")\n')
    page.keyboard.press("Control+s")
    started = time.monotonic()
    page.get_by_role("tab", name="edited", exact=True).click()
    code = page.get_by_role("tabpanel", name="Code")
    expect(code).to_contain_text('task_id="typed"', timeout=5_000)
    assert time.monotonic() - started < 2  # a second, and what the browser needs
    pick_tab(page, "Graph")
    expect(task(page, "typed")).to_be_visible()


def test_a_broken_file_is_told_at_its_dag_until_it_is_mended(open_lab, edited: Path):
    page = open_lab("workflow=dag/edited&reset")
    expect(task(page, "before")).to_be_visible(timeout=30_000)
    edited.write_text(EDITED + "\ndef broken(:\n")
    banner = page.locator(".couture-DagPage").get_by_role("alert")
    expect(banner).to_contain_text("edited.py cannot be read")
    expect(banner).to_contain_text("invalid syntax")
    expect(banner).to_contain_text("The version of today")
    expect(task(page, "before")).to_be_visible()
    shoot(page, "import-error-light")
    for tab in ("Code", "Details"):
        pick_tab(page, tab)
        expect(banner).to_be_visible()
    banner.get_by_text("Traceback", exact=True).click()
    expect(banner).to_contain_text("def broken(:")
    banner.get_by_role("button", name="Line 6").click()
    expect(page.get_by_text("Ln 6, Col 1")).to_be_visible()
    page.get_by_role("tab", name="edited", exact=True).click()
    edited.write_text(EDITED)
    expect(banner).to_have_count(0)
