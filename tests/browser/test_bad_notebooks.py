"""Notebooks that cannot be scheduled say why, and odd names do no harm, in a real browser."""

import json
import re

import pytest
from lab_pages import pick_tab, run_command, task
from playwright.sync_api import expect
from shots import shoot

EVIL = "x'); import os; #.ipynb"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("text.ipynb", "no JSON at all", "text.ipynb is not a notebook: it is no JSON"),
        ("list.ipynb", "[]", "list.ipynb is not a notebook of format 4"),
        (
            "bare.ipynb",
            '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
            "bare.ipynb names no kernel. Open it in JupyterLab",
        ),
    ],
)
def test_what_cannot_be_scheduled_is_a_sentence(open_lab, lab, name, text, sentence):
    (lab.home / "notebooks" / name).write_text(text)
    page = open_lab()
    run_command(page, "couture:schedule-notebook", path=f"notebooks/{name}")
    expect(page.locator(".Toastify")).to_contain_text(sentence)


def test_a_notebook_whose_name_is_code_runs_and_does_no_more(open_lab, lab):
    good = json.loads((lab.home / "notebooks" / "testFile2.ipynb").read_text())
    (lab.home / "notebooks" / EVIL).write_text(json.dumps(good))
    page = open_lab()
    run_command(page, "couture:schedule-notebook", path=f"notebooks/{EVIL}")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(EVIL)
    dialog.get_by_role("button", name="Once").click()
    dialog.get_by_label("a", exact=True).fill("much")
    dialog.get_by_role("button", name="Schedule", exact=True).click()
    expect(dialog.get_by_role("alert")).to_have_text("a must be a whole number")
    dialog.get_by_label("a", exact=True).fill("9")
    dialog.get_by_role("button", name="Schedule", exact=True).click()
    expect(task(page, r"\w+", "success")).to_be_visible(timeout=40_000)
    expect(pick_tab(page, "Notebook")).to_contain_text(re.compile("a = 9 and twice = 2"))


OUTPUT = """
from IPython.display import HTML, SVG, Javascript, display

fire = "try { top.fired = 1 } catch (error) { document.title = 'kept out' }"
display(HTML(f'<b id="seen">bold</b><script>{fire}</script><img src=x onerror="{fire}">'))
display(HTML("<table><thead><tr><th>day<th>orders</thead><tr><td>Mon<td>12<tr><td>Tue<td>7</table>"))
display(HTML('<form action="/lab"><input name="trap"></form><a href="javascript:top.fired=1">x</a>'))
display(SVG(f'<svg xmlns="http://www.w3.org/2000/svg"><script>{fire}</script></svg>'))
display(Javascript("window.fired = 1"))
"""


def test_what_a_notebook_writes_stays_in_a_frame_of_its_own(open_lab, lab):
    notebook = json.loads((lab.home / "notebooks" / "testFile2.ipynb").read_text())
    code = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    words = {"cell_type": "markdown", "metadata": {}, "source": "<img src=x onerror=top.fired=1>"}
    evil = {**code, "id": "evil", "source": OUTPUT, "outputs": [], "metadata": {"trusted": True}}
    notebook["cells"] = [evil, {**words, "id": "words"}]
    (lab.home / "notebooks" / "evil.ipynb").write_text(json.dumps(notebook))
    page = open_lab()
    run_command(page, "couture:schedule-notebook", path="notebooks/evil.ipynb")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Once").click()
    dialog.get_by_role("button", name="Schedule", exact=True).click()
    expect(task(page, r"\w+", "success")).to_be_visible(timeout=40_000)
    pick_tab(page, "Notebook")
    frames = page.locator("iframe.couture-HtmlFrame")
    expect(frames).to_have_count(4)
    for frame in frames.all():
        expect(frame).to_have_attribute("sandbox", "allow-scripts")
    inside = frames.first.content_frame
    expect(inside.locator("#seen")).to_have_text("bold")
    inside.locator("#seen").click()
    shoot(page, "notebook-of-a-stranger")
    assert page.evaluate("window.fired") is None
