"""Python functions in an environment of their own: made for the task, or one that is there.

The function's source goes to the other interpreter, so it imports inside what it needs and uses no
names from outside. Arguments and result travel as pickles between the two processes of one task.
"""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import inspect
import os
import pickle
import sys
import tempfile
import types
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pendulum

from couture_operators import validation
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException, AirflowSkipException
from couture_operators.hooks.subprocess import SubprocessHook
from couture_operators.operators.branch import BranchMixIn
from couture_operators.operators.function_source import script_for
from couture_operators.operators.python import PythonOperator
from couture_operators.operators.venv import VenvSpec, ready_venv

_PLAIN = {
    *("ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz", "run_id", "test_mode"),
    *("next_ds", "next_ds_nodash", "prev_ds", "prev_ds_nodash", "task_instance_key_str"),
    *("tomorrow_ds", "tomorrow_ds_nodash", "yesterday_ds", "yesterday_ds_nodash", "params"),
    *("inlets", "outlets", "map_index_template", "expanded_ti_count", "templates_dict"),
}
_DATES = {
    *("data_interval_start", "data_interval_end", "execution_date", "logical_date"),
    *("next_execution_date", "prev_execution_date", "prev_execution_date_success"),
    *("prev_start_date_success", "prev_end_date_success"),
    *("prev_data_interval_start_success", "prev_data_interval_end_success"),
}
_ERROR_LIMIT = 2000


class _OtherPython(PythonOperator):
    """What is common to both: the script, its arguments and its result.

    `serializer` may name cloudpickle or dill, which count on each side that has them.
    """

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        serializer: str | None = None,
        use_dill: bool = False,
        string_args: Iterable[str] | None = None,
        expect_airflow: bool = True,
        skip_on_exit_code: int | Container[int] | None = None,
        env_vars: dict[str, str] | None = None,
        inherit_env: bool = True,
        **kwargs: Any,
    ):
        super().__init__(python_callable=python_callable, **kwargs)
        _check_function(self._sentence_name, python_callable)
        self.serializer = serializer or ("dill" if use_dill else "pickle")
        if self.serializer not in ("pickle", "cloudpickle", "dill"):
            validation.refuse(
                self._sentence_name,
                f"serializer is pickle, cloudpickle or dill, not {serializer!r}.",
            )
        self.string_args = [str(text) for text in string_args or ()]
        self.skip_on_exit_code = skip_on_exit_code
        self.env_vars, self.inherit_env = env_vars, inherit_env
        self.subprocess_hook = SubprocessHook()

    def takes_dates(self) -> bool:
        """Whether the other interpreter has pendulum, so that dates of the context reach it."""
        return False

    def _call(self, context: Context) -> Any:
        """Call the function there, with those context values that can go there."""
        names = _PLAIN | _DATES if self.takes_dates() else _PLAIN
        return super()._call(Context({k: _portable(context[k]) for k in context if k in names}))

    def run_in(self, python: str) -> Any:
        """Run the function with an interpreter; what it returned."""
        with tempfile.TemporaryDirectory(prefix="couture-python-") as folder:
            place = Path(folder)
            (place / "script.py").write_text(script_for(self.python_callable, self.serializer))
            self._write_arguments(place)
            names = ("script.py", "arguments", "result", "strings", "error")
            command = [python, *(str(place / name) for name in names)]
            environment = dict(os.environ) if self.inherit_env else {}
            environment |= self.env_vars or {}
            result = self.subprocess_hook.run_command(command, environment, cwd=folder)
            self._judge(result.exit_code, place / "error")
            return self._read_result(place / "result")

    def _write_arguments(self, place: Path) -> None:
        given = {"args": list(self.op_args), "kwargs": dict(self.op_kwargs)}
        try:
            (place / "arguments").write_bytes(self._pickler().dumps(given))
        except Exception as err:
            raise AirflowException(
                f"The arguments cannot be sent to the other interpreter: {err}."
            ) from err
        (place / "strings").write_text("\n".join(self.string_args))

    def _pickler(self) -> Any:
        """The serializer, or pickle where only the other side has it: each reads plain pickles."""
        try:
            return importlib.import_module(self.serializer)
        except ImportError:
            return pickle

    def _judge(self, code: int, error: Path) -> None:
        skips = self.skip_on_exit_code
        if skips is not None and code in ([skips] if isinstance(skips, int) else skips):
            raise AirflowSkipException(f"The function exited with code {code}, which means skip.")
        if code:
            said = error.read_text()[-_ERROR_LIMIT:].strip() if error.exists() else ""
            tail = said.rpartition("\n")[2] or "its log says why."
            raise AirflowException(f"The function's process exited with code {code}: {tail}")

    def _read_result(self, path: Path) -> Any:
        if not path.exists():
            raise AirflowException("The function's process ended without a result.")
        try:
            return self._pickler().loads(path.read_bytes())
        except Exception as err:
            raise AirflowException(
                f"What the function returned cannot be read here ({err}); return plain values."
            ) from err

    def on_kill(self) -> None:
        """End the other interpreter."""
        self.subprocess_hook.send_sigterm()


class PythonVirtualenvOperator(_OtherPython):
    """Call a function in a virtual environment that is made for it.

    `requirements` are a list, or a text like a requirements file (a name that ends in `.txt` is a
    template file). With `venv_cache_path` the environment is kept there and used again by tasks
    with the same requirements.
    """

    template_fields: Sequence[str] = (
        "requirements",
        "index_urls",
        "venv_cache_path",
        *PythonOperator.template_fields,
    )
    template_ext: Sequence[str] = (".txt",)

    def __init__(
        self,
        *,
        requirements: Iterable[str] | str | None = None,
        python_version: str | float | None = None,
        system_site_packages: bool = True,
        pip_install_options: list[str] | None = None,
        index_urls: Iterable[str] | str | None = None,
        venv_cache_path: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        is_text = isinstance(requirements, str)
        self.requirements = requirements if is_text else [str(line) for line in requirements or ()]
        self.python_version = str(python_version) if python_version else None
        self.system_site_packages = system_site_packages
        self.pip_install_options = list(pip_install_options or ())
        self.index_urls = [index_urls] if isinstance(index_urls, str) else list(index_urls or ())
        self.venv_cache_path = os.fspath(venv_cache_path) if venv_cache_path else None

    def takes_dates(self) -> bool:
        """Whether pendulum is among the requirements or comes from here."""
        return self.system_site_packages or "pendulum" in str(self.requirements)

    def execute_callable(self) -> Any:
        """Make the environment and call the function in it."""
        lines = self.requirements
        text = lines if isinstance(lines, str) else "\n".join(lines)
        if self.serializer not in ("pickle", *text.split()):
            text += f"\n{self.serializer}"
        spec = VenvSpec(
            requirements=text,
            python_version=self.python_version,
            system_site_packages=self.system_site_packages,
            pip_options=tuple(self.pip_install_options),
            index_urls=tuple(self.index_urls),
        )
        with ready_venv(spec, self.venv_cache_path, self.subprocess_hook) as python:
            return self.run_in(python)


class ExternalPythonOperator(_OtherPython):
    """Call a function with another interpreter, given by its absolute path."""

    template_fields: Sequence[str] = ("python", *PythonOperator.template_fields)

    def __init__(self, *, python: str, expect_pendulum: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.python = validation.text(self._sentence_name, "python", os.fspath(python))
        self.expect_pendulum = expect_pendulum

    def takes_dates(self) -> bool:
        """Whether the author says that pendulum is there, or it is this interpreter."""
        return self.expect_pendulum or self.python == sys.executable

    def execute_callable(self) -> Any:
        """Call the function with the interpreter."""
        path = Path(self.python)
        if not path.is_absolute() or not path.is_file():
            raise AirflowException(f"There is no Python interpreter {self.python!r}.")
        return self.run_in(self.python)


class BranchPythonVirtualenvOperator(PythonVirtualenvOperator, BranchMixIn):
    """Follow the branches that a function in a virtual environment returns."""

    operator_kind: ClassVar[str] = "branch"

    def execute(self, context: Context) -> Any:
        """Call the function and skip what it did not choose."""
        return self.do_branch(context, super().execute(context))


class BranchExternalPythonOperator(ExternalPythonOperator, BranchMixIn):
    """Follow the branches that a function run by another interpreter returns."""

    operator_kind: ClassVar[str] = "branch"

    def execute(self, context: Context) -> Any:
        """Call the function and skip what it did not choose."""
        return self.do_branch(context, super().execute(context))


def is_venv_installed() -> bool:
    """Whether virtual environments can be made, which needs nothing here but Python itself."""
    return importlib.util.find_spec("venv") is not None


def _check_function(where: str, function: Any) -> None:
    if not isinstance(function, types.FunctionType) or function.__name__ == "<lambda>":
        validation.refuse(where, "python_callable must be a function made with `def`.")
    if inspect.isgeneratorfunction(function):
        validation.refuse(where, "python_callable must not be a generator (yield).")


def _portable(value: Any) -> Any:
    """Dates as pendulum's own, whose class the other interpreter has."""
    if isinstance(value, dt.datetime):
        return pendulum.instance(value)
    return dict(value) if isinstance(value, Mapping) else value
