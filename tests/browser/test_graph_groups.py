"""Task groups, labels of edges and mapped tasks in the graph."""

from lab_pages import open_panel, task, use_theme
from playwright.sync_api import expect
from shots import shoot

DAG = """
from datetime import datetime
from airflow import DAG
from airflow.decorators import task
from airflow.operators.bash import BashOperator
from airflow.utils.edgemodifier import Label
from airflow.utils.task_group import TaskGroup

@task
def sizes():
    return [1, 2, 3]

@task
def load(size):
    if size == 2:
        raise ValueError("two is too many")
    return size

with DAG("grouped", schedule=None, start_date=datetime(2026, 11, 1)) as dag:
    start = BashOperator(task_id="start", bash_command="true")
    with TaskGroup("extract") as extract:
        orders = BashOperator(task_id="orders", bash_command="true")
        with TaskGroup("refunds") as refunds:
            fetch = BashOperator(task_id="fetch", bash_command="true")
            clean = BashOperator(task_id="clean", bash_command="true")
            fetch >> clean
        orders >> refunds
    found = sizes()
    start >> extract >> Label("all there") >> found
    load.expand(size=found)
"""


def test_groups_open_and_close_and_mapped_tasks_show_their_counts(open_lab, lab):
    lab.write_dag("grouped.py", DAG)
    page = open_lab()
    panel = open_panel(page)
    row = panel.locator('[data-dag="grouped"]')
    expect(row).to_be_visible(timeout=20_000)
    row.get_by_role("switch").click()
    row.hover()
    row.get_by_role("button", name="Graph of grouped").click()
    row.hover()
    row.get_by_role("button", name="Trigger grouped").click()
    expect(task(page, "load", "failed")).to_be_visible(timeout=30_000)
    expect(task(page, "load", "failed")).to_have_attribute(
        "title", "load, failed\nall 3 done, 1 failed"
    )
    expect(task(page, r"extract\.refunds\.clean", "success")).to_be_visible()
    shoot(page, "graph-groups-light")
    use_theme(page, "Dark")
    shoot(page, "graph-groups-dark")
    use_theme(page, "Light")
    page.get_by_role("button", name="Group extract.refunds, open").press("Enter")
    expect(task(page, r"extract\.refunds\.clean")).to_have_count(0)
    expect(task(page, r"extract\.refunds", "success")).to_be_visible()
    task(page, r"extract\.refunds", "success").click()
    expect(task(page, r"extract\.refunds\.clean", "success")).to_be_visible()
    page.get_by_role("button", name="Close all groups").click()
    expect(task(page, r"extract", "success")).to_be_visible()
    expect(task(page, r"extract\.orders")).to_have_count(0)
    shoot(page, "graph-groups-closed-light")
    task(page, "load", "failed").click()
    column = page.get_by_role("complementary", name="Task load")
    instances = column.get_by_role("listbox", name="Instances")
    expect(instances.get_by_role("option")).to_have_count(3)
    failed = instances.get_by_role("option", name="Instance 1, Failed")
    expect(failed).to_have_attribute("aria-selected", "true")
    expect(column).to_contain_text("two is too many")
    shoot(page, "mapped-instances-light")
    failed.press("ArrowDown")
    third = instances.get_by_role("option", name="Instance 2, Success")
    expect(third).to_have_attribute("aria-selected", "true")
    column.get_by_role("tab", name="XCom").click()
    expect(column.get_by_role("tabpanel", name="XCom")).to_contain_text("3")
