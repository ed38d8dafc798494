"""BashOperator: a command or script, run by bash in a process group of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException, AirflowSkipException
from couture_operators.hooks.subprocess import SubprocessHook, SubprocessResult


class BashOperator(BaseOperator):
    """Run a bash command; its output is the task's log, its last line the task's XCom.

    A text that ends in `.sh` or `.bash` names a template file (add a space to run a script by its
    path). `env` replaces the environment, or adds to it with `append_env`. The exit code
    `skip_on_exit_code` (99) skips the task, any other but 0 fails it. `output_processor` makes the
    XCom of the last line.
    """

    template_fields: Sequence[str] = ("bash_command", "env", "cwd")
    template_ext: Sequence[str] = (".sh", ".bash")
    template_fields_renderers: ClassVar[dict[str, str]] = {"bash_command": "bash", "env": "json"}
    ui_color: ClassVar[str] = "#f0ede4"
    operator_kind: ClassVar[str] = "bash"

    def __init__(
        self,
        *,
        bash_command: Any,
        env: dict[str, str] | None = None,
        append_env: bool = False,
        output_encoding: str = "utf-8",
        skip_exit_code: int | None = None,
        skip_on_exit_code: int | Container[int] | None = 99,
        cwd: str | None = None,
        output_processor: Callable[[str], Any] | None = None,
        xcom_push: bool | None = None,
        **kwargs: Any,
    ):
        if xcom_push is not None:  # Airflow 1.10's name
            kwargs["do_xcom_push"] = xcom_push
        super().__init__(**kwargs)
        self.bash_command = bash_command
        self.env, self.append_env = env, append_env
        self.output_encoding = output_encoding
        self.skip_on_exit_code = skip_on_exit_code if skip_exit_code is None else skip_exit_code
        self.cwd = cwd
        if output_processor is not None and not callable(output_processor):
            validation.refuse(
                self._sentence_name,
                f"output_processor must be a function, not {output_processor!r}.",
            )
        self.output_processor = output_processor
        self.subprocess_hook = SubprocessHook()

    def execute(self, context: Context) -> Any:
        """Run the command to its end; the last line that it wrote to stdout."""
        if self.cwd is not None and not Path(self.cwd).is_dir():
            raise AirflowException(f"The folder {self.cwd!r} (cwd) does not exist.")
        command = ["bash", "-c", self.bash_command]
        result = self.subprocess_hook.run_command(
            command, self.get_env(context), self.output_encoding, self.cwd
        )
        self._judge(result)
        return self.output_processor(result.output) if self.output_processor else result.output

    def get_env(self, context: Context) -> dict[str, str]:
        """The environment of the command."""
        if self.env is None or self.append_env:
            return {**os.environ, **(self.env or {})}
        own = {key: value for key, value in os.environ.items() if key.startswith("AIRFLOW_CTX_")}
        return {**own, **self.env}

    def _judge(self, result: SubprocessResult) -> None:
        code, skips = result.exit_code, self.skip_on_exit_code
        if skips is not None and code in ([skips] if isinstance(skips, int) else skips):
            raise AirflowSkipException(f"The command exited with code {code}, which means skip.")
        tail = f": {result.error}" if result.error else "."
        if code < 0:
            raise AirflowException(f"The command was ended by {signal.Signals(-code).name}{tail}")
        if code:
            raise AirflowException(f"The command exited with code {code}{tail}")

    def on_kill(self) -> None:
        """End the command and everything that it started in its process group."""
        self.subprocess_hook.send_sigterm()
