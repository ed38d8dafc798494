"""CoutureJupyterOperator: a notebook as a task, run with parameters on a kernel of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException, AirflowTaskTimeout
from couture_operators.runtime import NotebookSpec, current_runtime


class CoutureJupyterOperator(BaseOperator):
    """Run a notebook; `parameters` override those of its cell tagged `parameters`.

    `input_nb` is looked for beside the DAG file, then in the notebooks folder. The executed
    notebook is kept with the attempt and published as `output_nb` when every cell has run;
    `export_html` adds an HTML page of it.
    """

    template_fields: Sequence[str] = ("input_nb", "output_nb", "parameters")
    template_fields_renderers: ClassVar[dict[str, str]] = {"parameters": "json"}
    ui_color: ClassVar[str] = "#f9d7ac"
    operator_kind: ClassVar[str] = "notebook"

    def __init__(
        self,
        *,
        input_nb: str,
        output_nb: str | None = None,
        parameters: dict[str, Any] | None = None,
        export_html: bool = False,
        kernel_name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.input_nb = validation.text(self._sentence_name, "input_nb", input_nb)
        self.output_nb = validation.optional_text(self._sentence_name, "output_nb", output_nb)
        self.parameters = validation.mapping(self._sentence_name, "parameters", parameters)
        self.export_html = validation.flag(self._sentence_name, "export_html", export_html)
        self.kernel_name = kernel_name

    def execute(self, context: Context) -> str:
        """Run the notebook to its end; the path of the executed notebook."""
        spec = NotebookSpec(
            self.input_nb, self.output_nb, self.parameters, self.export_html, self.kernel_name
        )
        try:
            return current_runtime().run_notebook(spec)["output"]
        except (AirflowException, AirflowTaskTimeout) as err:
            raise err.with_traceback(None) from None  # the cell's own is in notebook and log


CoutureJupyterNotebook = CoutureJupyterOperator
