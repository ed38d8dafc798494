"""Spark jobs as tasks: declared here, not yet run by this release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowFailException


class _SparkOperator(BaseOperator):
    """What both kinds of Spark jobs have."""

    template_fields: Sequence[str] = (
        "app_name",
        "code_artifact",
        "application_arguments",
    )
    ui_color: ClassVar[str] = "#ff9933"
    operator_kind: ClassVar[str] = "spark"

    def __init__(
        self,
        *,
        app_name: str,
        code_artifact: str,
        application_arguments: Sequence[Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.app_name = validation.text(self._sentence_name, "app_name", app_name)
        self.code_artifact = validation.text(self._sentence_name, "code_artifact", code_artifact)
        self.application_arguments = [str(item) for item in application_arguments or ()]

    def execute(self, context: Context) -> Any:
        """Fail at once: there is nothing here yet that submits a job."""
        raise AirflowFailException(
            f"{self.task_type} can be declared, but this release cannot run Spark jobs yet."
        )


class CoutureSparkOperator(_SparkOperator):
    """Submit a jar (`code_artifact`) with its main class (`class_path`) to Spark."""

    def __init__(self, *, class_path: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.class_path = validation.text(self._sentence_name, "class_path", class_path)


class CouturePySparkOperator(_SparkOperator):
    """Submit a Python file (`code_artifact`) to Spark; `python_conf` chooses its interpreter."""

    def __init__(self, *, python_conf: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.python_conf = validation.optional_text(self._sentence_name, "python_conf", python_conf)
