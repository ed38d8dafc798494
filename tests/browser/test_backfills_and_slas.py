"""Backfills, SLA misses and simulations in Lab."""

import json
import re
import urllib.request

from deployment import wait_until
from lab_pages import accept, open_entry, open_panel, run_command, task, use_theme
from playwright.sync_api import Page, expect
from shots import shoot

DAGS = """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.utils.task_group import TaskGroup

with DAG("nightly", schedule="0 2 * * *", start_date=datetime(2026, 1, 1)) as dag:
    first = BashOperator(task_id="first", bash_command="true", retries=2)
    with TaskGroup("load") as load:
        BashOperator(task_id="orders", bash_command="true", sla=timedelta(minutes=2))
        BashOperator(task_id="refunds", bash_command="true")
    first >> load

with DAG("by_hand", schedule=None, start_date=datetime(2026, 1, 1)):
    BashOperator(task_id="only", bash_command="true")

with DAG(
    "late", schedule="* * * * *", start_date=datetime(2026, 1, 1), is_paused_upon_creation=False
):
    BashOperator(task_id="slow", bash_command="sleep 3", sla=timedelta(seconds=1))
"""


def ready(open_lab, lab) -> Page:
    lab.write_dag("automation.py", DAGS)
    page = open_lab("workflow=dag/nightly&reset")
    open_panel(page)
    expect(task(page, "first")).to_be_visible(timeout=20_000)
    return page


def misses(lab) -> int:
    """Return how many SLA misses there are."""
    url = f"{lab.url}/workflow/api/couture/slaMisses?token={lab.token}"
    return json.load(urllib.request.urlopen(url))["total_entries"]


def span(dialog, begin: str, end: str) -> None:
    dialog.get_by_label("From").fill(begin)
    dialog.get_by_label("To", exact=True).fill(end)


def test_a_backfill_is_previewed_made_paused_and_cancelled(open_lab, lab):
    page = ready(open_lab, lab)
    open_entry(page, "Browse", "Backfills")
    expect(page.get_by_text("No backfills yet")).to_be_visible()
    page.get_by_role("button", name="New backfill").first.click()
    dialog = page.locator(".jp-Dialog")
    make = dialog.locator(".jp-mod-accept")
    expect(make).to_be_disabled()
    expect(dialog.get_by_label("DAG").locator("option", has_text="by_hand")).to_have_count(0)
    dialog.get_by_label("DAG").select_option("nightly")
    span(dialog, "2026-02-01T00:00", "2026-01-01T00:00")
    expect(dialog.get_by_role("alert")).to_have_text("This is before the beginning")
    span(dialog, "2026-02-01T00:00", "2026-02-05T23:59")
    preview = dialog.get_by_role("region", name="Runs to be made")
    expect(preview.get_by_role("listitem")).to_have_count(5)
    expect(make).to_have_text("Make 5 runs")
    dialog.get_by_label("Conf").fill("[1]")
    expect(dialog.get_by_role("alert")).to_contain_text("One JSON object")
    expect(make).to_be_disabled()
    dialog.get_by_label("Conf").fill('{"region": "EMEA"}')
    expect(dialog).to_contain_text("The DAG is paused")
    expect(make).to_be_enabled()
    shoot(page, "backfill-dialog-light")
    make.click()
    row = page.locator("[data-backfill]")
    expect(row).to_contain_text("Waits: the DAG is paused")
    expect(row).to_contain_text("0 of 5")
    row.hover()
    row.get_by_role("button", name="Pause the backfill of nightly").click()
    expect(row).to_contain_text("Paused")
    row.get_by_role("button", name="Switch on").click()
    row.hover()
    row.get_by_role("button", name="Go on with the backfill of nightly").click()
    expect(row).to_contain_text("5 of 5", timeout=30_000)
    expect(row).to_contain_text("Done")
    row.get_by_role("button", name="Dates of the backfill").click()
    dates = page.get_by_role("group", name="Dates")
    expect(dates.get_by_role("button", name=re.compile("success"))).to_have_count(5)
    shoot(page, "backfills-light")
    use_theme(page, "Dark")
    shoot(page, "backfills-dark")
    use_theme(page, "Light")
    dates.get_by_role("button").nth(1).click()
    expect(page.get_by_role("button", name=re.compile("^Run of"))).to_contain_text("2 Feb")


def test_what_is_left_of_a_backfill_is_cancelled_with_its_counts(open_lab, lab):
    page = ready(open_lab, lab)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Backfill…").click()
    dialog = page.locator(".jp-Dialog")
    span(dialog, "2026-03-01T00:00", "2026-03-31T23:59")
    dialog.get_by_label("Newest first").check()
    first = dialog.get_by_role("listitem").first
    expect(first).to_contain_text("31 Mar")
    run_command(page, "couture:toggle-pause")
    accept(page)
    row = (
        page.locator("[data-backfill]")
        .filter(has_text="31 Mar")
        .or_(page.locator("[data-backfill]").filter(has_text="1 Mar"))
    )
    expect(row.first).to_be_visible()
    row.first.hover()
    row.first.get_by_role("button", name="Cancel the backfill of nightly").click()
    asked = page.locator(".jp-Dialog")
    expect(asked).to_contain_text(re.compile(r"\d+ runs will not be made"))
    asked.get_by_role("button", name="Cancel the backfill").click()
    expect(row.first).to_contain_text("Cancelled")
    expect(row.first).to_contain_text(re.compile(r"\d+ cancelled"))
    page.get_by_role("button", name="Under way").click()
    expect(page.get_by_text("No backfill is under way.")).to_be_visible()


def test_an_sla_miss_is_listed_and_explained(open_lab, lab):
    page = ready(open_lab, lab)
    open_entry(page, "Browse", "SLA Misses")
    row = page.locator("[data-miss]").last
    # A run begins with each minute, and its task is late after a second.
    wait_until(lambda: misses(lab), 90, "an SLA miss")
    page.get_by_role("main").get_by_role("button", name="Read again").click()
    expect(row).to_contain_text("slow")
    expect(row).to_contain_text("1 s")
    row.hover()
    row.get_by_role("button", name="Add a note").click()
    page.locator(".jp-Dialog").get_by_role("textbox", name="Note").fill("The disk was full.")
    accept(page)
    expect(row).to_contain_text("The disk was full.")
    shoot(page, "sla-misses-light")
    use_theme(page, "Dark")
    shoot(page, "sla-misses-dark")
    use_theme(page, "Light")
    row.get_by_role("button", name="slow", exact=True).click()
    expect(page.get_by_role("complementary", name="Task slow")).to_be_visible()


def test_a_simulation_shows_runs_retries_and_misses_and_takes_assumptions(open_lab, lab):
    page = ready(open_lab, lab)
    row = page.locator('[data-dag="late"]')
    row.hover()
    row.get_by_role("button", name="More for late").click()
    expect(page.get_by_role("menuitem", name="Backfill…")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Simulate…").click()
    figures = page.locator(".couture-Figures")
    expect(figures).to_contain_text("8 runs, 24 tasks", timeout=30_000)
    expect(figures).to_contain_text("1 to catch up")
    page.get_by_role("button", name="Assume").click()
    line = page.get_by_role("list", name="Assumptions").get_by_role("listitem")
    line.get_by_label("Task").select_option("first")
    line.get_by_label("What it does").select_option("fails first")
    line.get_by_label("fails first").fill("x")
    page.get_by_role("button", name="Simulate", exact=True).click()
    expect(line.get_by_role("alert")).to_have_text("A whole number from 1 on")
    line.get_by_label("fails first").fill("2")
    line.get_by_label("fails first").press("Enter")
    expect(figures).to_contain_text("16 retries", timeout=30_000)
    grid = page.get_by_role("application", name="Tasks of nightly by runs")
    grid.focus()
    grid.press("ArrowRight")
    grid.press("ArrowDown")
    words = page.locator(".couture-Tree-words")
    expect(words).to_contain_text("first in the run of")
    expect(words).to_contain_text("success on try 3")
    aside = page.get_by_role("complementary", name="What was chosen")
    expect(aside.get_by_role("row")).to_have_count(3)
    shoot(page, "simulate-light")
    use_theme(page, "Dark")
    shoot(page, "simulate-dark")
    use_theme(page, "Light")
    grid.press("Escape")
    expect(aside).to_have_count(0)
    page.get_by_role("button", name="Last 30 days").click()
    expect(figures).to_contain_text("31 runs", timeout=30_000)
