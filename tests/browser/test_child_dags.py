"""A master DAG in Lab: what a task has started is previewed, and one click away."""

from lab_pages import open_panel, task, trigger, use_theme
from playwright.sync_api import expect
from shots import shoot

DAGS = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator

options = dict(schedule=None, start_date=datetime(2026, 11, 1), is_paused_upon_creation=False)
with DAG("close_books", **options):
    EmptyOperator(task_id="load") >> BashOperator(task_id="balance", bash_command="exit 1")
with DAG("master", **options):
    EmptyOperator(task_id="begin") >> TriggerDagRunOperator(
        task_id="run_close", trigger_dag_id="close_books"
    )
"""


def test_the_run_that_a_task_has_started_is_previewed_and_opened(open_lab, lab):
    lab.write_dag("master.py", DAGS)
    page = open_lab("workflow=dag/master&reset")
    open_panel(page)
    node = task(page, "run_close")
    expect(node).to_be_visible(timeout=20_000)
    node.hover()
    preview = page.get_by_role("group", name="Preview of close_books")
    expect(preview).to_contain_text("not started by this task yet")
    expect(preview).to_contain_text("2 tasks")
    page.mouse.move(5, 5)
    expect(preview).to_have_count(0)

    trigger(page)
    expect(task(page, "run_close", "success")).to_be_visible(timeout=20_000)
    row = page.locator('[data-dag="close_books"]')
    expect(row.get_by_role("img", name="Failed")).to_be_visible(timeout=20_000)
    task(page, "run_close").hover()
    expect(preview).to_contain_text("started today")
    expect(preview.get_by_role("img", name="Failed")).to_be_visible()
    shoot(page, "child-hover-light")
    task(page, "run_close").click()
    column = page.get_by_role("complementary", name="Task run_close")
    zoom = column.get_by_role("button", name="Zoom into DAG")
    zoom.hover()
    expect(column.get_by_role("group", name="Preview of close_books")).to_be_visible()
    use_theme(page, "Dark")
    shoot(page, "child-column-dark")
    use_theme(page, "Light")
    zoom.click()
    expect(page.get_by_role("heading", name="close_books")).to_be_visible()
    expect(task(page, "balance", "failed")).to_be_visible()
