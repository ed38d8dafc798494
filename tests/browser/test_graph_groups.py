"""Task groups, labels of edges and mapped tasks in the graph."""

from lab_pages import task, trigger, use_theme
from playwright.sync_api import Page, expect
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

with DAG("NAME", schedule=None, start_date=datetime(2026, 11, 1)) as dag:
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


def failed_run(open_lab, lab, name: str) -> Page:
    """Open the page of a new DAG's first run, in which one instance of `load` has failed."""
    lab.write_dag(f"{name}.py", DAG.replace("NAME", name))
    page = open_lab(f"workflow=dag/{name}&reset")
    expect(task(page, "load")).to_be_visible(timeout=20_000)
    page.get_by_role("main").get_by_role("switch").click()
    trigger(page)
    expect(task(page, "load", "failed")).to_be_visible(timeout=30_000)
    return page


def test_groups_open_and_close_and_mapped_tasks_show_their_counts(open_lab, lab):
    page = failed_run(open_lab, lab, "grouped")
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


def test_one_instance_of_a_mapped_task_is_marked_and_run_again(open_lab, lab):
    page = failed_run(open_lab, lab, "mended")
    task(page, "load", "failed").click()
    column = page.get_by_role("complementary", name="Task load")
    instances = column.get_by_role("listbox", name="Instances")
    scope = column.get_by_role("group", name="Applies to")
    expect(scope.get_by_role("button", name="Instance 1")).to_have_attribute("aria-pressed", "true")
    column.get_by_role("button", name="Mark success").click()
    expect(instances.get_by_role("option", name="Instance 1, Success")).to_be_visible()
    expect(task(page, "load", "success")).to_be_visible()
    column.get_by_role("button", name="Clear and run again").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Clear load [1] and run it again?")
    expect(dialog.get_by_role("listitem")).to_have_text(["loadinstance 1, success"])
    shoot(page, "clear-instance-light")
    dialog.get_by_role("button", name="Clear 1 task").click()
    expect(instances.get_by_role("option", name="Instance 1, Failed")).to_be_visible(timeout=15_000)
    expect(instances.get_by_role("option", name="Success")).to_have_count(2)
    scope.get_by_role("button", name="All 3").click()
    column.get_by_role("button", name="Mark success").click()
    expect(instances.get_by_role("option", name="Success")).to_have_count(3)


def test_a_task_in_a_closed_group_is_found_and_its_group_opens(open_lab, lab):
    page = failed_run(open_lab, lab, "sought")
    page.get_by_role("button", name="Close all groups").click()
    expect(task(page, r"extract\.orders")).to_have_count(0)
    find = page.get_by_label("Find task")
    find.fill("clean")
    expect(task(page, r"extract\.refunds\.clean")).to_be_visible()
    expect(page.get_by_text("1 found")).to_be_visible()
    find.press("Enter")
    column = page.get_by_role("complementary", name="Task extract.refunds.clean")
    expect(column).to_be_visible()
    find.fill("nowhere")
    expect(page.get_by_text("none found")).to_be_visible()
