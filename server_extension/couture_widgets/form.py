"""The values that a run is triggered with: a field for each parameter, or conf as JSON."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ipywidgets import HTML, Dropdown, Text, Textarea, VBox

from couture_widgets.live import button, put, set_shown, tools
from couture_widgets.markup import Markup, tag

_WORDS = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "yes or no",
    "array": "list, as JSON",
    "object": "object, as JSON",
}
_PYTHON = {"integer": int, "number": (int, float), "array": list, "object": dict}


class Wrong(ValueError):
    """What was typed is no value; the message says what is one."""


class Field:
    """One parameter.

    Args:
        name: of the parameter.
        param: {"value", "description", "schema"} as the DAG has it.
    """

    def __init__(self, name: str, param: Mapping[str, Any]):
        self.name = name
        self.default = param.get("value")
        schema = param.get("schema") or {}
        self._choices = schema.get("enum")
        self.kind = _kind(schema.get("type"), self.default)
        self.label, self.input = HTML(), self._make_input()
        words = "choice" if self._choices else _WORDS.get(self.kind, "any value")
        about = param.get("description")
        text = tag("small", f"{words}. {about}" if about else words)
        put(self.label, tag("div", tag("b", name), text, class_="couture-w-label"))

    def _make_input(self) -> Any:
        if self._choices:
            options = [(_text(one), index) for index, one in enumerate(self._choices)]
            found = [i for i, one in enumerate(self._choices) if one == self.default]
            return Dropdown(options=options, value=found[0] if found else None)
        if self.kind == "boolean":
            return Dropdown(options=[("Yes", True), ("No", False)], value=bool(self.default))
        if self.kind in ("array", "object"):
            return Textarea(value=json.dumps(self.default, indent=2), rows=3)
        return Text(value="" if self.default is None else _text(self.default))

    def value(self) -> Any:
        """Return what stands in it.

        Raises:
            Wrong: it is no value of this parameter.
        """
        typed = self.input.value
        if self._choices:
            return self.default if typed is None else self._choices[typed]
        if self.kind in ("boolean", "string"):
            return self.default if typed == "" and self.default is None else typed
        if self.kind in _PYTHON:
            return self._parsed(typed)
        return _loose(typed)

    def _parsed(self, typed: str) -> Any:
        if not typed.strip() and self.default is None:
            return None
        try:
            found = json.loads(typed)
        except ValueError:
            found = None
        if not isinstance(found, _PYTHON[self.kind]) or isinstance(found, bool):
            raise Wrong(f"{self.name} must be a {_WORDS[self.kind]}.")
        return found


class TriggerForm(VBox):
    """Fields and a button; hidden until it asks.

    Args:
        trigger: takes the conf of the run, None = the DAG's own values.
    """

    def __init__(self, trigger: Callable[[dict[str, Any] | None], None]):
        self._trigger = trigger
        self._fields: list[Field] = []
        self._json = Textarea(placeholder='{"day": "2026-11-23"}', rows=3)
        self._wrong = HTML()
        self._line = tools(
            button("Trigger", self._press, "mod-primary"), button("Cancel", self.hide)
        )
        super().__init__()
        self.add_class("couture-w-form")
        self.hide()

    def ask(self, params: Mapping[str, Mapping[str, Any]]) -> None:
        """Show a field for each parameter; without any, one for the whole conf."""
        self._fields = [Field(name, param) for name, param in params.items()]
        label = HTML(tag("div", tag("b", "Conf"), tag("small", _WORDS["object"])))
        label.add_class("couture-w-label")
        shown = [part for field in self._fields for part in (field.label, field.input)]
        put(self._wrong, Markup())
        self.children = [*(shown or [label, self._json]), self._wrong, self._line]
        set_shown(self, is_shown=True)

    def hide(self) -> None:
        """Ask nothing."""
        set_shown(self, is_shown=False)

    def conf(self) -> dict[str, Any] | None:
        """Return the values that differ from the DAG's own, or the conf that was typed.

        Raises:
            Wrong: something is no value of its parameter.
        """
        if self._fields:
            values = {field.name: (field.value(), field.default) for field in self._fields}
            changed = {name: value for name, (value, own) in values.items() if value != own}
            return changed or None
        if not self._json.value.strip():
            return None
        try:
            found = json.loads(self._json.value)
        except ValueError as error:
            raise Wrong(f"Conf is no JSON: {error}.") from error
        if not isinstance(found, dict):
            raise Wrong('Conf must be an object, such as {"day": "2026-11-23"}.')
        return found

    def _press(self) -> None:
        try:
            conf = self.conf()
        except Wrong as error:
            put(self._wrong, tag("div", str(error), class_="couture-w-wrong", role="alert"))
            return
        self.hide()
        self._trigger(conf)


def _kind(declared: Any, value: Any) -> str:
    types = declared if isinstance(declared, list) else [declared]
    found = next((one for one in types if one in _WORDS), None)
    if found:
        return found
    if isinstance(value, bool):
        return "boolean"
    kinds = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "any")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _loose(typed: str) -> Any:
    if not typed.strip():
        return None
    try:
        return json.loads(typed)
    except ValueError:
        return typed
