"""HTML pages of executed notebooks, by nbconvert."""

from functools import cache
from typing import Any

import nbformat
from nbconvert.exporters.html import HTMLExporter


@cache
def _exporter() -> HTMLExporter:
    return HTMLExporter()


def warm() -> None:
    """Have the templates compiled: 0.4 s that no execution pays again."""
    cells = [nbformat.v4.new_code_cell("1 + 1"), nbformat.v4.new_markdown_cell("# Title")]
    cells[0].outputs = [nbformat.v4.new_output("stream", text="2")]
    to_html(nbformat.v4.new_notebook(cells=cells))


def to_html(notebook: Any, title: str = "Notebook") -> str:
    """Return the page of a notebook."""
    page, _ = _exporter().from_notebook_node(notebook, {"metadata": {"name": title}})
    return page
