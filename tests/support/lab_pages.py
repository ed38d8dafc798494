"""What browser tests do in JupyterLab, by the names that a user sees."""

import json
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect


def run_command(page: Page, command: str, **args: Any) -> None:
    """Run one of Lab's commands, as its menus do."""
    text = json.dumps([command, args])
    page.evaluate(f"() => {{ void window.jupyterapp.commands.execute(...{text}) }}")


def open_panel(page: Page) -> Locator:
    run_command(page, "couture:open-panel")
    panel = page.get_by_test_id("couture-dags")
    expect(panel).to_be_visible()
    return panel


def open_path(page: Page, path: str) -> None:
    run_command(page, "docmanager:open", path=path)


def use_theme(page: Page, name: str) -> None:
    run_command(page, "apputils:change-theme", theme=f"JupyterLab {name}")
    is_light = "true" if name == "Light" else "false"
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", is_light)


def task(page: Page, name: str, state: str = "") -> Locator:
    """Return a task's node in the graph, in a state if one is given."""
    return page.get_by_role("button", name=re.compile(rf"^{name}, {state}", re.I))


def trigger(page: Page) -> None:
    page.get_by_role("button", name="Trigger", exact=True).click()


def pick_tab(page: Page, name: str) -> Locator:
    """Open a tab of the page or of the task, and return what it shows."""
    page.get_by_role("tab", name=name, exact=True).click()
    return page.get_by_role("tabpanel", name=name, exact=True)


def open_entry(page: Page, *labels: str) -> None:
    """Choose an entry of the Workflow menu by the labels that lead to it."""
    page.get_by_role("menuitem", name="Workflow", exact=True).click()
    for label in labels:
        exact = re.compile(rf"^{re.escape(label)}$")
        page.locator(".lm-Menu-itemLabel", has_text=exact).last.click()


def accept(page: Page) -> Locator:
    """Press the button of the open dialog that does it, and return the dialog."""
    dialog = page.locator(".jp-Dialog")
    dialog.locator(".jp-mod-accept").click()
    return dialog
