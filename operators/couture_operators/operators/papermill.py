"""PapermillOperator: a notebook as Airflow's files write it, run by the notebook runner here."""

from __future__ import annotations

from typing import Any

from couture_operators.operators.jupyter import CoutureJupyterOperator


class PapermillOperator(CoutureJupyterOperator):
    """Run a notebook with parameters; the executed one is published as `output_nb`.

    What papermill is told about storage and sessions of other systems has no effect.
    """

    def __init__(
        self,
        *,
        input_nb: Any,
        output_nb: Any = None,
        parameters: dict[str, Any] | None = None,
        kernel_name: str | None = None,
        language_name: str | None = None,
        kernel_conn_id: str | None = None,
        nbconvert: Any = None,
        nbconvert_args: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            input_nb=getattr(input_nb, "url", input_nb),
            output_nb=getattr(output_nb, "url", output_nb),
            parameters=parameters,
            kernel_name=kernel_name,
            **kwargs,
        )
