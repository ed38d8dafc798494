"""Screenshots that browser tests leave for people to look at."""

from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).parents[2] / ".screenshots"


def shoot(page: Page, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png")
