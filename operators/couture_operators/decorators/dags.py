"""`@dag`: a function that makes a DAG when it is called; its arguments become the DAG's params."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from couture_operators.dag import DAG


def dag(dag_id: str | Callable[..., Any] = "", /, **dag_kwargs: Any) -> Any:
    """Decorate a function in which tasks are made; arguments are those of DAG.

    The dag_id is the function's name unless it is given. Each call of the function makes a DAG.
    """
    if callable(dag_id):
        return _factory(dag_id, {})
    if dag_id:
        dag_kwargs["dag_id"] = dag_id
    return lambda function: _factory(function, dag_kwargs)


def _factory(function: Callable[..., Any], dag_kwargs: dict[str, Any]) -> Callable[..., DAG]:
    @wraps(function)
    def make(*args: Any, **kwargs: Any) -> DAG:
        bound = inspect.signature(function).bind(*args, **kwargs)
        bound.apply_defaults()
        made = DAG(**{"dag_id": function.__name__, **dag_kwargs})
        if made.doc_md is None and function.__doc__:
            made.doc_md = inspect.cleandoc(function.__doc__)
        with made:
            function(**{name: made.param(name, value) for name, value in bound.arguments.items()})
        return made

    return make
