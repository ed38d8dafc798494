"""G14: a notebook that succeeded has run every cell and shows the last output."""

from collections.abc import Iterator

from chaos.body import last_line
from chaos.evidence import Evidence, Violation


def check(evidence: Evidence) -> Iterator[Violation]:
    """Look into the executed notebook of each attempt that succeeded."""
    for row in evidence.rows("attempt"):
        name = evidence.name_of[row.ti_id]
        notebook = evidence.outputs.get((name, row.try_number))
        if row.state != "success" or evidence.tis[row.ti_id].operator != "CoutureJupyterOperator":
            continue
        if notebook is None:
            yield Violation("G14", "it succeeded and left no notebook", name)
            continue
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        if any(cell.get("execution_count") is None for cell in cells):
            yield Violation("G14", "it succeeded without running every cell", name)
        if last_line(row.id) not in "".join(map(_text, cells)):
            yield Violation("G14", "it succeeded and its last output is missing", name)


def _text(cell: dict) -> str:
    outputs = cell.get("outputs", ())
    return "".join("".join(output.get("text", "")) for output in outputs)
