"""`@task` and its variants; what a variant needs is imported when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NoReturn

from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.decorators.operators import (
    DecoratedBashOperator,
    DecoratedPythonOperator,
    decorated,
)
from couture_operators.decorators.task import TaskDecorator, task_decorator_factory
from couture_operators.exceptions import (
    AirflowOptionalProviderFeatureException,
    AirflowSkipException,
)

_OPERATORS = {
    "branch": ("operators.python", "BranchPythonOperator"),
    "short_circuit": ("operators.python", "ShortCircuitOperator"),
    "virtualenv": ("operators.virtualenv", "PythonVirtualenvOperator"),
    "external_python": ("operators.virtualenv", "ExternalPythonOperator"),
    "branch_virtualenv": ("operators.virtualenv", "BranchPythonVirtualenvOperator"),
    "branch_external_python": ("operators.virtualenv", "BranchExternalPythonOperator"),
    "sensor": ("sensors.python", "PythonSensor"),
}
_REFUSED = {
    "docker": "Docker containers",
    "kubernetes": "Kubernetes pods",
    "pyspark": "a Spark session of Airflow's provider; use CouturePySparkOperator",
    "snowpark": "Snowpark",
}


class _TaskDecorators:
    """`task` itself and `task.branch`, `task.bash`, ... as its attributes."""

    def __call__(self, python_callable: Callable[..., Any] | None = None, **kwargs: Any) -> Any:
        """Make a task of a function: `@task` or `@task(task_id=..., retries=...)`."""
        return self.python(python_callable, **kwargs)

    def python(self, python_callable: Callable[..., Any] | None = None, **kwargs: Any) -> Any:
        """Make a task that calls the function."""
        return task_decorator_factory(
            python_callable, decorated_operator_class=DecoratedPythonOperator, **kwargs
        )

    def bash(self, python_callable: Callable[..., Any] | None = None, **kwargs: Any) -> Any:
        """Make a task that runs the command that the function returns."""
        return task_decorator_factory(
            python_callable,
            decorated_operator_class=DecoratedBashOperator,
            name="task.bash",
            **{"multiple_outputs": False, **kwargs},
        )

    def skip_if(
        self, condition: Callable[[Context], Any], skip_message: str | None = None
    ) -> Callable[[TaskDecorator], TaskDecorator]:
        """Skip the task when the condition, called with the context, is true."""
        return _conditional("skip_if", condition, skip_message, skip_when=True)

    def run_if(
        self, condition: Callable[[Context], Any], skip_message: str | None = None
    ) -> Callable[[TaskDecorator], TaskDecorator]:
        """Skip the task unless the condition, called with the context, is true."""
        return _conditional("run_if", condition, skip_message, skip_when=False)

    def __getattr__(self, name: str) -> Any:
        if what := _REFUSED.get(name):
            return _refusing(name, what)
        if name not in _OPERATORS:
            known = ", ".join(sorted({"python", "bash", "skip_if", "run_if", *_OPERATORS}))
            raise AttributeError(f"There is no @task.{name}; there are {known}.")

        def decorate(python_callable: Callable[..., Any] | None = None, **kwargs: Any) -> Any:
            operator = decorated(_operator(name), f"task.{name}")
            return task_decorator_factory(
                python_callable,
                decorated_operator_class=operator,
                name=f"task.{name}",
                **{"multiple_outputs": False if name == "sensor" else None, **kwargs},
            )

        return decorate


def _operator(name: str) -> type[BaseOperator]:
    module, attribute = _OPERATORS[name]
    return getattr(importlib.import_module(f"couture_operators.{module}"), attribute)


def _refusing(name: str, what: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AirflowOptionalProviderFeatureException(
            f"@task.{name} needs {what}, which this product does not offer; @task.virtualenv and "
            "@task.bash run code in environments of its own."
        )

    return refuse


def _conditional(
    name: str, condition: Callable[[Context], Any], message: str | None, *, skip_when: bool
) -> Callable[[TaskDecorator], TaskDecorator]:
    def check(context: Context) -> None:
        answer = condition(context)
        answer, said = answer if isinstance(answer, tuple) else (answer, None)
        if bool(answer) is skip_when:
            raise AirflowSkipException(said or message or f"The condition of {name} says so.")

    def decorate(task: TaskDecorator) -> TaskDecorator:
        if not isinstance(task, TaskDecorator):
            raise TypeError(f"{name} stands above @task, on what @task made of the function.")
        before = task.kwargs.get("pre_execute")

        def pre_execute(context: Context) -> None:
            if before is not None:
                before(context)
            check(context)

        task.kwargs["pre_execute"] = pre_execute
        return task

    return decorate


task = _TaskDecorators()
