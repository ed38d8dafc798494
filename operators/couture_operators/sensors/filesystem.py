"""FileSensor: waits for a file."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from couture_operators.context import Context
from couture_operators.hooks.filesystem import FSHook
from couture_operators.sensors.base import BaseSensorOperator


class FileSensor(BaseSensorOperator):
    """Waits for a file, or for a file in a folder; `filepath` may hold `*` and `**` (recursive).

    A relative path counts from the folder of the connection `fs_conn_id`.
    """

    template_fields: Sequence[str] = ("filepath",)
    ui_color: ClassVar[str] = "#91818a"

    def __init__(
        self,
        *,
        filepath: Any,
        fs_conn_id: str = "fs_default",
        recursive: bool = False,
        start_from_trigger: bool = False,
        trigger_kwargs: dict[str, Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.filepath = filepath
        self.fs_conn_id, self.recursive = fs_conn_id, recursive

    @property
    def path(self) -> str:
        """The pattern that is looked for."""
        return str(Path(FSHook(self.fs_conn_id).get_path()) / self.filepath)

    def poke(self, context: Context) -> bool:
        """Whether a file matches."""
        self.log.info("Looking for %s.", self.path)
        found = glob.glob(self.path, recursive=self.recursive)  # noqa: PTH207 - absolute patterns
        return any(_has_file(Path(match)) for match in found)


def _has_file(path: Path) -> bool:
    return path.is_file() or any(files for _, _, files in os.walk(path))
