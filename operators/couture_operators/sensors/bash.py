"""BashSensor: a command that says by its exit code whether the wait is over."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import Any, ClassVar

from couture_operators.context import Context
from couture_operators.exceptions import AirflowFailException
from couture_operators.hooks.subprocess import SubprocessHook
from couture_operators.sensors.base import BaseSensorOperator


class BashSensor(BaseSensorOperator):
    """Waits until the command exits with 0.

    With `retry_exit_code` only that code means "not yet", and any other fails the task.
    """

    template_fields: Sequence[str] = ("bash_command", "env")
    template_fields_renderers: ClassVar[dict[str, str]] = {"bash_command": "bash", "env": "json"}

    def __init__(
        self,
        *,
        bash_command: Any,
        env: dict[str, str] | None = None,
        output_encoding: str = "utf-8",
        retry_exit_code: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.bash_command = bash_command
        self.env, self.output_encoding = env, output_encoding
        self.retry_exit_code = retry_exit_code
        self.subprocess_hook = SubprocessHook()

    def poke(self, context: Context) -> bool:
        """Run the command once, in a folder of its own."""
        with tempfile.TemporaryDirectory(prefix="couture-bash-") as folder:
            command = ["bash", "-c", self.bash_command]
            code = self.subprocess_hook.run_command(
                command, self.env, self.output_encoding, folder
            ).exit_code
        if code and self.retry_exit_code not in (None, code):
            raise AirflowFailException(f"The command exited with code {code}.")
        return code == 0

    def on_kill(self) -> None:
        """End the command that is running."""
        self.subprocess_hook.send_sigterm()
