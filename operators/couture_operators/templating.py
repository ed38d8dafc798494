"""Rendering of template fields with Jinja, the way Airflow does it.

Texts without Jinja marks are left alone without starting Jinja. Template files are first asked of
the runtime (the DAG's stored version), then looked for beside the DAG file and in its search path.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections import ChainMap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import jinja2

from couture_operators import runtime as engine
from couture_operators.exceptions import AirflowException
from couture_operators.resolving import Resolvable
from couture_operators.runtime import TaskRuntime
from couture_operators.task_templates import TaskTemplates

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator
    from couture_operators.context import Context
    from couture_operators.dag import DAG

_MARKS = ("{{", "{%", "{#")


def render_fields(task: BaseOperator, context: Context, runtime: TaskRuntime) -> dict[str, str]:
    """Render the task's template fields in place; their texts, for people."""
    renderer = Renderer(
        task.dag, context, runtime.read_template, task.template_ext, task._unrendered_values
    )
    if type(task).render_template_fields is not TaskTemplates.render_template_fields:
        task.render_template_fields(context)
        return {name: _shown(getattr(task, name, None)) for name in task.template_fields}
    render = renderer.render
    if type(task).render_template is not TaskTemplates.render_template:
        render = lambda value: task.render_template(value, context)  # noqa: E731
    shown = {}
    for name in task.template_fields:
        if not hasattr(task, name):
            raise AirflowException(
                f"{task._sentence_name}: {name!r} is among its template_fields, but there is no such "
                "attribute; its constructor has to set it."
            )
        try:
            value = render(getattr(task, name))
        except jinja2.TemplateError as err:
            raise AirflowException(
                f"{task._sentence_name}: the field {name} cannot be rendered: {err}"
            ) from err
        setattr(task, name, value)
        shown[name] = _shown(value)
    return shown


def stored_template(path: str) -> str | None:
    """A template file of the DAG file's stored version, where an engine stands behind the process."""
    return None if engine._current is None else engine._current.read_template(path)


def render_text(text: str, dag: DAG, context: Context, runtime: TaskRuntime) -> str:
    """A text rendered with a task's context."""
    return str(Renderer(dag, context, runtime.read_template).render(text))


class Renderer:
    """Renders texts, and the texts inside lists, tuples, sets, dicts and objects of fields.

    Placeholders give way to their values. `unrendered` values stay as they are.
    """

    def __init__(
        self,
        dag: DAG,
        context: Context,
        read_template: Callable[[str], str | None],
        extensions: Sequence[str] = (),
        unrendered: Sequence[Any] = (),
    ):
        self._unrendered = {id(value) for value in unrendered}
        self._dag, self._context = dag, context
        self._read_template, self._extensions = read_template, tuple(extensions)
        self._environment: jinja2.Environment | None = None

    @property
    def _needs_jinja(self) -> bool:
        """Whether texts without marks may change too: other marks, or native values."""
        return bool(self._dag.jinja_environment_kwargs or self._dag.render_template_as_native_obj)

    @property
    def environment(self) -> jinja2.Environment:
        """The Jinja environment, made when it is first needed."""
        if self._environment is None:
            self._environment = make_environment(self._dag, self._read_template)
        return self._environment

    def render(self, value: Any) -> Any:
        """The value with every text in it rendered."""
        if id(value) in self._unrendered:
            return value
        if isinstance(value, Resolvable):
            return value.resolve(self._context)
        if isinstance(value, str):
            return self._render_text(value)
        if isinstance(value, tuple):
            items = [self.render(item) for item in value]
            return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        if isinstance(value, list):
            return [self.render(item) for item in value]
        if isinstance(value, dict):
            return {key: self.render(item) for key, item in value.items()}
        if isinstance(value, set):
            return {self.render(item) for item in value}
        return self._render_object(value)

    def _render_object(self, value: Any) -> Any:
        """A copy of an object that names template_fields of its own, with these rendered."""
        fields = getattr(value, "template_fields", None)
        if not fields or isinstance(value, type):
            return value
        rendered = copy.copy(value)
        for name in fields:
            setattr(rendered, name, self.render(getattr(value, name)))
        return rendered

    def _render_text(self, text: str) -> Any:
        if self._extensions and text.endswith(self._extensions):
            template = self.environment.get_template(text)
        elif self._needs_jinja or any(mark in text for mark in _MARKS):
            template = self.environment.from_string(text)
        else:
            return text
        # not template.render(): it would copy the context and so compute all its lazy values
        variables: Any = ChainMap(self._context, self.environment.globals)
        parts = template.root_render_func(template.new_context(variables, shared=True))
        if self._dag.render_template_as_native_obj:
            from jinja2.nativetypes import native_concat

            return native_concat(parts)
        return "".join(parts)


def make_environment(dag: DAG, read_template: Callable[[str], str | None]) -> jinja2.Environment:
    """The Jinja environment of a DAG's templates."""
    if dag.render_template_as_native_obj:
        from jinja2.nativetypes import NativeEnvironment as Environment
    else:
        from jinja2 import Environment
    options: dict[str, Any] = {
        "undefined": dag.template_undefined,
        "extensions": ["jinja2.ext.do"],
        "cache_size": 0,
        "loader": jinja2.ChoiceLoader(
            [
                jinja2.FunctionLoader(read_template),
                jinja2.FileSystemLoader([dag.folder, *dag.template_searchpath]),
            ]
        ),
    }
    environment = Environment(**options | dag.jinja_environment_kwargs)
    environment.filters |= _DATE_FILTERS | dag.user_defined_filters
    return environment


def _stamp(pattern: str) -> Callable[[dt.datetime | None], str]:
    return lambda moment: moment.strftime(pattern) if moment else ""


_DATE_FILTERS: dict[str, Callable[..., str]] = {
    "ds": _stamp("%Y-%m-%d"),
    "ds_nodash": _stamp("%Y%m%d"),
    "ts": lambda moment: moment.isoformat() if moment else "",
    "ts_nodash": _stamp("%Y%m%dT%H%M%S"),
    "ts_nodash_with_tz": lambda moment: (
        moment.isoformat().replace("-", "").replace(":", "") if moment else ""
    ),
}


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)
