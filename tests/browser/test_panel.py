"""The side panel of DAGs, in a real browser."""

from lab_pages import open_panel
from playwright.sync_api import expect
from shots import shoot


def test_the_side_panel_names_broken_files_and_opens_them(open_lab, lab):
    page = open_lab()
    panel = open_panel(page)
    broken = lab.write_dag("broken.py", "from couture_operators import DAG\nBashOperater\n")
    foot = panel.get_by_role("region", name="Files that cannot be read")
    expect(foot).to_contain_text("1 file cannot be read")
    expect(foot).to_contain_text("name 'BashOperater' is not defined")
    shoot(page, "panel-broken-light")
    foot.get_by_role("button", name="Open at line 2").click()
    expect(page.get_by_text("Ln 2, Col 1")).to_be_visible()
    broken.unlink()
    expect(foot).to_have_count(0)


def test_the_panel_is_used_by_keys_alone(open_lab):
    page = open_lab()
    panel = open_panel(page)
    row = panel.locator('[data-dag="example_sales_report"]')
    expect(row).to_be_visible()
    panel.get_by_role("row").first.focus()
    page.keyboard.press("/")
    page.keyboard.type("sales")
    expect(panel.get_by_role("row")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(panel.get_by_placeholder("Filter DAGs")).to_have_value("")
    expect(panel.get_by_role("row")).not_to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("row").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("row").nth(1)).to_be_focused()
    row.focus()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.keyboard.press("Space")
    expect(row.get_by_role("switch")).to_be_checked()
    page.keyboard.press("Space")
    expect(row.get_by_role("switch")).not_to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="example_sales_report")).to_be_visible()
