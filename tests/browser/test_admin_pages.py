"""Variables, connections, pools and settings in Lab."""

import json
from pathlib import Path

from lab_pages import accept, open_entry, use_theme
from playwright.sync_api import expect
from shots import shoot

from couture_scheduler.secrets import open_vault
from couture_scheduler.services.workflow import open_workflow
from couture_scheduler.settings import Settings
from couture_scheduler.store import variables


def stored(home: Path, key: str) -> str:
    """Return what a task would read."""
    workflow = open_workflow(Settings(home=str(home)))
    with workflow.db.read() as tx:
        row = variables.find_variable(tx, key)
    workflow.close()
    return open_vault(home).decrypt(row.value)


def test_variables_are_added_hidden_shown_and_deleted(open_lab, lab, tmp_path):
    page = open_lab()
    open_entry(page, "Admin", "Variables")
    expect(page.get_by_text("No variables yet")).to_be_visible()
    for key, value in (("region", "europe"), ("db_password", "s3cret")):
        page.get_by_role("button", name="Add variable").first.click()
        dialog = page.locator(".jp-Dialog")
        dialog.get_by_label("Key").fill(key)
        dialog.get_by_label("Value").fill(value)
        if key == "region":
            shoot(page, "variable-dialog-light")
        accept(page)
        expect(page.locator(f'[data-variable="{key}"]')).to_be_visible()
    row = page.locator('[data-variable="db_password"]')
    expect(row).not_to_contain_text("s3cret")
    row.get_by_role("button", name="Show in clear").click()
    expect(row).to_contain_text("s3cret")
    row.get_by_role("button", name="Hide").click()
    expect(row).not_to_contain_text("s3cret")
    row.hover()
    row.get_by_role("button", name="Edit db_password").click()
    page.locator(".jp-Dialog").get_by_label("Description").fill("of the warehouse")
    accept(page)
    expect(row).to_contain_text("of the warehouse")
    assert stored(lab.home, "db_password") == "s3cret"

    file = tmp_path / "more.json"
    file.write_text(json.dumps({"region": "us", "limits": {"rows": 100, "api_key": "k3y"}}))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import").click()
    chooser.value.set_files(file)
    accept(page)
    expect(page.get_by_text("1 variable new, 1 changed, 0 as they were.")).to_be_visible()
    expect(page.locator('[data-variable="limits"]')).to_contain_text('"api_key": "***"')
    shoot(page, "variables-light")
    use_theme(page, "Dark")
    shoot(page, "variables-dark")
    use_theme(page, "Light")
    page.get_by_label("Filter by key").fill("nothing")
    expect(page.get_by_text("No variable matches “nothing”.")).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    row = page.locator('[data-variable="region"]')
    row.hover()
    row.get_by_role("button", name="Delete region").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Delete region").click()
    expect(row).to_have_count(0)


def test_pools_are_added_and_changed(open_lab):
    page = open_lab()
    open_entry(page, "Admin", "Pools")
    default = page.locator('[data-pool="default_pool"]')
    expect(default).to_contain_text("128")
    default.hover()
    expect(default.get_by_role("button", name="cannot be deleted")).to_be_disabled()
    page.get_by_role("button", name="Add pool").click()
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_label("Name").fill("warehouse")
    dialog.get_by_role("textbox", name="Slots").fill("many")
    accept(page)
    expect(dialog.get_by_text("A whole number, 0 or more")).to_be_visible()
    dialog.get_by_role("textbox", name="Slots").fill("4")
    dialog.get_by_label("Deferred tasks hold their slots too").check()
    accept(page)
    row = page.locator('[data-pool="warehouse"]')
    expect(row).to_contain_text("4")
    row.dblclick()
    dialog.get_by_label("Without a limit").check()
    accept(page)
    expect(row).to_contain_text("no limit")
    shoot(page, "pools-light")


def test_connections_share_an_id_and_keep_their_passwords(open_lab):
    page = open_lab()
    open_entry(page, "Admin", "Connections")
    for host in ("api-a.int", "api-b.int"):
        page.get_by_role("button", name="Add connection").first.click()
        dialog = page.locator(".jp-Dialog")
        dialog.get_by_label("Connection id").fill("refunds_api")
        dialog.get_by_label("Type").select_option("http")
        dialog.get_by_label("Host").fill(host)
        dialog.get_by_label("Port").fill("443")
        dialog.get_by_label("Password").fill("s3cret")
        dialog.get_by_label("Extra").fill('{"token": "t0ken", "verify": true}')
        if host == "api-b.int":
            shoot(page, "connection-dialog-light")
        accept(page)
        expect(page.get_by_text(host)).to_be_visible()
    rows = page.locator('[data-connection="refunds_api"]')
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("one of 2, picked at random")
    rows.first.dblclick()
    expect(page.locator(".jp-Dialog").get_by_label("Extra")).to_have_value(
        '{"token": "***", "verify": true}'
    )
    page.locator(".jp-Dialog").get_by_label("Login").fill("svc-wf")
    accept(page)
    expect(rows.first).to_contain_text("svc-wf")
    shoot(page, "connections-light")
    use_theme(page, "Dark")
    shoot(page, "connections-dark")
    use_theme(page, "Light")
    rows.last.hover()
    rows.last.get_by_role("button", name="Delete refunds_api").click()
    expect(page.locator(".jp-Dialog")).to_contain_text("1 of this id stays")
    page.locator(".jp-Dialog").get_by_role("button", name="Delete refunds_api").click()
    expect(rows).to_have_count(1)


def test_settings_are_shown_with_what_they_do(open_lab):
    page = open_lab()
    open_entry(page, "Admin", "Configurations")
    row = page.locator('[data-setting="keep_running"]')
    expect(row).to_contain_text("Go on scheduling after JupyterLab was closed")
    shoot(page, "configurations-light")
    page.get_by_label("Filter by name").fill("pool")
    expect(row).to_have_count(0)
    expect(page.locator('[data-setting="default_pool_slots"]')).to_be_visible()


def test_letters_typed_into_the_middle_of_a_field_stay_where_they_are_typed(open_lab):
    page = open_lab()
    open_entry(page, "Admin", "Variables")
    page.get_by_role("button", name="Add variable").first.click()
    field = page.locator(".jp-Dialog").get_by_label("Description")
    field.fill("warehouse")
    field.press("Home")
    field.press_sequentially("the ")
    expect(field).to_have_value("the warehouse")
