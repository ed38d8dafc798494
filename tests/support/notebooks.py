"""Notebooks that browser tests write, open and run in JupyterLab."""

import json
from pathlib import Path

from lab_pages import open_path, run_command
from playwright.sync_api import Locator, Page, expect


def save_notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code cells."""
    made = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(cells)
    ]
    spec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    metadata = {"kernelspec": spec, "language_info": {"name": "python"}}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": made}
    path.write_text(json.dumps(whole))


def run_all(page: Page, path: str) -> Locator:
    """Open a notebook, run its cells and return the widgets below them."""
    page.evaluate("() => window.jupyterapp.serviceManager.kernelspecs.ready")
    open_path(page, path)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=30_000)
    run_command(page, "notebook:run-all-cells")
    return page.locator(".couture-w")
