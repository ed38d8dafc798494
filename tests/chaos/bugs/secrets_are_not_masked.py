"""What a task was handed out stands in its log and in its rendered fields (airflow#19520, #22738)."""

from types import ModuleType


def _patch(module: ModuleType) -> None:
    module.Mask.hide = lambda _self, text: text


AIM: dict = {}
BUG = {"couture_scheduler.worker.masking": _patch}
