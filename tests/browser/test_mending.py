"""A run that fails or waits, and how the user finds out why and mends it, in a real browser."""

from pathlib import Path

import pytest
from lab_pages import pick_tab, task, trigger, use_theme
from playwright.sync_api import Page, expect
from shots import shoot

MEND = """
from datetime import datetime
from pathlib import Path
from couture_operators import DAG, BashOperator, PythonOperator

ORDERS = Path({orders!r})

def load():
    print("looking for orders")
    if not ORDERS.exists():
        raise ValueError("There are no orders for today.")

def wait():
    import time
    while not ORDERS.exists():
        time.sleep(0.01)

with DAG("mend", schedule=None, start_date=datetime(2026, 11, 1), is_paused_upon_creation=False):
    first = PythonOperator(task_id="load", python_callable=load)
    held = PythonOperator(task_id="held", python_callable=wait)
    first >> BashOperator(task_id="clean", bash_command="true") >> BashOperator(
        task_id="report", bash_command="true"
    )
    held >> BashOperator(task_id="after", bash_command="true")
"""


@pytest.fixture
def orders(lab, tmp_path: Path) -> Path:
    """The file that the DAG `mend` needs to succeed."""
    path = tmp_path / "orders"
    lab.write_dag("mend.py", MEND.format(orders=str(path)))
    yield path
    path.touch()


@pytest.fixture
def page(open_lab, orders: Path) -> Page:
    page = open_lab("workflow=dag/mend&reset")
    expect(task(page, "load")).to_be_visible(timeout=15_000)
    trigger(page)
    expect(task(page, "load", "failed")).to_be_visible(timeout=15_000)
    return page


def test_a_failed_task_says_why_and_is_run_again_with_what_follows(page: Page, orders: Path):
    expect(task(page, "report", "upstream failed")).to_be_visible()
    task(page, "load").click()
    column = page.get_by_role("complementary", name="Task load")
    problem = column.get_by_role("alert")
    expect(problem).to_contain_text("ValueError")
    expect(problem).to_contain_text("There are no orders for today.")
    expect(problem.get_by_role("button", name="Line 11")).to_be_visible()
    log = page.get_by_role("tabpanel", name="Log")
    expect(log).to_contain_text("1 error")
    expect(log.locator(".couture-Log-line-error").last).to_contain_text("ValueError")
    shoot(page, "failed-light")
    use_theme(page, "Dark")
    shoot(page, "failed-dark")
    use_theme(page, "Light")

    column.get_by_role("button", name="Clear and run again").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_text(
        [
            "loadfailed",
            "cleanupstream failed",
            "reportupstream failed",
        ]
    )
    shoot(page, "clear-light")
    dialog.get_by_role("button", name="Downstream").click()
    expect(dialog.get_by_role("button", name="Clear 1 task")).to_be_enabled()
    dialog.get_by_role("button", name="Downstream").click()
    orders.touch()
    dialog.get_by_role("button", name="Clear 3 tasks").click()
    expect(task(page, "report", "success")).to_be_visible(timeout=15_000)
    expect(problem).to_have_count(0)


def test_a_waiting_task_says_what_it_waits_for(page: Page):
    task(page, "after").click()
    why = pick_tab(page, "Why")
    expect(why).to_contain_text("Waiting for held (running)")
    shoot(page, "why-light")
    task(page, "clean").click()  # the tab stays for the next task
    expect(page.get_by_role("tabpanel", name="Why")).to_contain_text("load")


def test_keys_lead_along_the_graph_and_back(page: Page):
    task(page, "load").click()
    page.keyboard.press("ArrowDown")
    expect(task(page, "clean")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Task clean")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary", name="Task clean")).to_have_count(0)
    expect(task(page, "clean")).to_be_focused()
