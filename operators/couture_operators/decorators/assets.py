"""`@asset`: a function that updates an asset, as a DAG of one task (Airflow 3)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from couture_operators.assets import Asset
from couture_operators.context import Context
from couture_operators.dag import DAG
from couture_operators.decorators.operators import DecoratedPythonOperator

_DAG_ARGUMENTS = frozenset(inspect.signature(DAG.__init__).parameters)


class AssetDefinition(Asset):
    """What `@asset` makes of a function: the asset, with the DAG and task that update it."""

    def __init__(self, function: Callable[..., Any], name: str, uri: str | None, **kwargs: Any):
        more = {key: kwargs.pop(key) for key in ("group", "extra") if key in kwargs}
        super().__init__(name, uri, **more)
        self.function = function
        self.dag = _dag_of(function, name, [self], kwargs)


class _AssetTask(DecoratedPythonOperator):
    """Calls the function with what it names: self, context, and assets by their names."""

    custom_operator_name = "@asset"

    def __init__(self, *, asset_function: Callable[..., Any], **kwargs: Any):
        def call(**context: Any) -> Any:
            return asset_function(**self._arguments(context))

        super().__init__(python_callable=call, **kwargs)
        names = list(inspect.signature(asset_function).parameters.values())
        self._wanted = {p.name: p.default for p in names}
        self.inlets = [Asset(name=name) for name in self._wanted if self._is_asset(name)]

    def _is_asset(self, name: str) -> bool:
        has_default = self._wanted[name] is not inspect.Parameter.empty
        return name not in ("self", "context") and not has_default

    def _arguments(self, context: Mapping[str, Any]) -> dict[str, Any]:
        special = {"self": self.outlets[0], "context": Context(context)}
        return {
            name: special[name] if name in special else Asset(name=name)
            for name in self._wanted
            if name in special or self._is_asset(name)
        }


def _dag_of(
    function: Callable[..., Any], name: str, outlets: Sequence[Asset], kwargs: dict[str, Any]
) -> DAG:
    ours = {key: value for key, value in kwargs.items() if key in _DAG_ARGUMENTS}
    of_task = {key: value for key, value in kwargs.items() if key not in _DAG_ARGUMENTS}
    made = DAG(name, doc_md=inspect.getdoc(function), **ours)
    with made:
        _AssetTask(asset_function=function, task_id=name, outlets=list(outlets), **of_task)
    return made


class _AssetDecorator:
    """`@asset(schedule=...)`; further arguments are those of the DAG and of its task."""

    def __call__(self, *, name: str | None = None, uri: str | None = None, **kwargs: Any) -> Any:
        """Make an asset of a function; its name is the function's unless it is given."""
        return lambda function: AssetDefinition(function, name or function.__name__, uri, **kwargs)

    def multi(self, *, outlets: Sequence[Asset], dag_id: str | None = None, **kwargs: Any) -> Any:
        """Make a DAG of a function that updates several assets."""
        return lambda function: _dag_of(function, dag_id or function.__name__, outlets, kwargs)


asset = _AssetDecorator()
