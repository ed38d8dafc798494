"""Screenshots that browser tests leave for people to look at."""

from pathlib import Path

from playwright.sync_api import Page, expect

FOLDER = Path(__file__).parents[2] / ".screenshots"


def shoot(page: Page, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect(page.locator(".jp-LabSplash, #jupyterlab-splash")).to_have_count(0)
    page.screenshot(path=FOLDER / f"{name}.png")
