"""Jinja templates outside of a task's fields, under the names of `airflow.utils.helpers`."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

import jinja2


def parse_template_string(
    template_string: str,
) -> tuple[str | None, jinja2.Template | None]:
    """A text and None, or None and the template of a text with `{{`."""
    if "{{" in template_string:
        return None, jinja2.Template(template_string)
    return template_string, None


def render_template(template: Any, context: Mapping[str, Any], *, native: bool) -> Any:
    """What a template makes of a context, whose lazy values are computed when they are used."""
    variables: Any = ChainMap(context, template.environment.globals)  # type: ignore[arg-type] # it is not written to
    parts = template.root_render_func(template.new_context(variables, shared=True))
    if not native:
        return "".join(parts)
    from jinja2.nativetypes import native_concat

    return native_concat(parts)


def render_template_to_string(template: jinja2.Template, context: Mapping[str, Any]) -> str:
    """The text that a template makes of a context."""
    return render_template(template, context, native=False)


def render_template_as_native(template: jinja2.Template, context: Mapping[str, Any]) -> Any:
    """The Python value that a template makes of a context."""
    return render_template(template, context, native=True)


__all__ = [
    "parse_template_string",
    "render_template",
    "render_template_as_native",
    "render_template_to_string",
]
