"""COUTURE_WORKFLOW_USER: the list opens with one person's DAGs, new files go to that folder."""

import pytest
from lab_pages import open_panel
from playwright.sync_api import expect

FILE = """
from couture_operators import DAG, BashOperator

with DAG("of_ada", default_args={"owner": "ada"}):
    BashOperator(task_id="one", bash_command="true")
"""


@pytest.fixture(scope="module")
def lab_settings():
    return {"COUTURE_WORKFLOW_USER": "ada"}


def test_the_list_opens_with_that_persons_dags_and_shows_all_when_asked(open_lab, lab):
    lab.write_dag("of_ada.py", FILE)
    panel = open_panel(open_lab())
    expect(panel.get_by_placeholder("Filter DAGs")).to_have_value("ada")
    expect(panel.get_by_role("row")).to_have_count(1)
    expect(panel.locator('[data-dag="of_ada"]')).to_be_visible()
    panel.get_by_placeholder("Filter DAGs").press("Escape")
    expect(panel.get_by_placeholder("Filter DAGs")).to_have_value("")
    expect(panel.get_by_role("row")).not_to_have_count(1)


def test_a_new_dag_file_goes_to_that_persons_folder(open_lab, lab):
    page = open_lab()
    open_panel(page)
    page.evaluate("void jupyterapp.commands.execute('couture:new-dag-file')")
    page.get_by_placeholder("sales_daily").fill("mine_too")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("tab", name="mine_too.py")).to_be_visible()
    assert (lab.home / "dags" / "ada" / "mine_too.py").exists()
