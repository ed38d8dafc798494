"""A function as a script that another interpreter runs."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from couture_operators.exceptions import AirflowException

_SCRIPT = """\
import sys
import traceback

try:
    import {serializer} as _serializer
except ImportError:
    import pickle as _serializer

with open(sys.argv[3], encoding="utf-8") as _file:
    virtualenv_string_args = _file.read().splitlines()

{source}

try:
    with open(sys.argv[1], "rb") as _file:
        _given = _serializer.load(_file)
    _result = {name}(*_given["args"], **_given["kwargs"])
    with open(sys.argv[2], "wb") as _file:
        _serializer.dump(_result, _file)
except Exception as _error:
    traceback.print_exc()
    with open(sys.argv[4], "w", encoding="utf-8") as _file:
        _file.write(type(_error).__name__ + ": " + str(_error).partition("\\n")[0])
    sys.exit(1)
"""


def script_for(function: Callable[..., Any], serializer: str) -> str:
    """The text of a script: its arguments are the files of arguments, result, strings and error."""
    return _SCRIPT.format(
        serializer=serializer, source=function_source(function), name=function.__name__
    )


def function_source(function: Callable[..., Any]) -> str:
    """The source of a function without its decorators."""
    try:
        text = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError) as err:
        raise AirflowException(
            f"The source of {function.__name__} is not to be found, so it cannot run elsewhere."
        ) from err
    node = ast.parse(text).body[0]
    if not isinstance(node, ast.FunctionDef):
        raise AirflowException(f"{function.__name__} is no plain function made with `def`.")
    node.decorator_list = []
    return ast.unparse(node)


def without_decorator(source: str, name: str) -> str:
    """The source of a function without its decorators of a name, called or not."""
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = [one for one in node.decorator_list if _name_of(one) != name]
    return ast.unparse(tree)


def _name_of(decorator: ast.expr) -> str:
    return ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
