"""Reading a notebook that somebody wants to schedule: found, checked, its parameters parsed."""

import ast
import hashlib
import io
import json
import re
import tokenize
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from couture_scheduler.errors import Invalid
from couture_scheduler.schemas.notebooks import KernelView, ParameterView

_SIZE_LIMIT = 100_000_000
_TAG = "parameters"
_TYPES = {
    int: "int",
    float: "float",
    str: "str",
    bool: "bool",
    list: "list",
    dict: "dict",
    type(None): "none",
}
_MAGIC = re.compile(r"^\s*[%!?].*$", re.MULTILINE)


@dataclass(frozen=True)
class Notebook:
    """A notebook that can be scheduled.

    Attributes:
        name: its path below the root of its owner's JupyterLab.
        owner: the account that it belongs to; "" where one person is alone.
        data: what is copied.
        cell: source of the cell tagged `parameters`, None = there is none.
    """

    name: str
    owner: str
    data: bytes
    kernel: KernelView
    cell: str | None
    cell_number: int = 0

    @property
    def dag_id(self) -> str:
        """The id of the DAG that runs it: readable, different for equal names elsewhere."""
        stem = PurePosixPath(self.name).stem.lower()
        slug = re.sub(r"[^a-z0-9]+", "_", stem).strip("_")[:60] or "notebook"
        whole = f"{self.owner}:{self.name}" if self.owner else self.name
        return f"{slug}_{hashlib.sha256(whole.encode()).hexdigest()[:6]}"


def read_notebook(name: str, content: dict[str, Any], owner: str = "") -> Notebook:
    """Check the content of a notebook and find its parameters cell.

    Raises:
        Invalid: it is no notebook, too large, or has no kernel.
    """
    if "\0" in name or name.startswith("/") or ".." in name.split("/"):
        raise Invalid(f"{name!r} is not below the folder that JupyterLab shows.", "path")
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise Invalid(f"{name} is not a notebook of format 4: it has no list of cells.", "path")
    kernel = _kernel(content.get("metadata"), name, is_local=not owner)
    data = as_bytes(content)
    if len(data) > _SIZE_LIMIT:
        raise Invalid(f"{name} is larger than 100 MB. Clear its outputs first.", "path")
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and _TAG in _tags(cell):
            return Notebook(name, owner, data, kernel, _source(cell), number)
    return Notebook(name, owner, data, kernel, None)


def as_bytes(content: dict[str, Any]) -> bytes:
    """Return a notebook as it is written to a file."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _kernel(metadata: Any, name: str, *, is_local: bool) -> KernelView:
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    if not isinstance(spec, dict) or not isinstance(spec.get("name"), str):
        raise Invalid(
            f"{name} names no kernel. Open it in JupyterLab, choose a kernel and save it.", "path"
        )
    found = _installed_kernel(spec["name"])
    if found is not None:
        return KernelView(
            name=spec["name"], display_name=found.display_name, language=found.language or "python"
        )
    if is_local:
        raise Invalid(
            f"The kernel {spec['name']!r} of {name} is not installed here. Choose another one.",
            "path",
        )
    # a kernel of the person's own, which only that person's processes see
    language = str(spec.get("language") or "python")
    shown = str(spec.get("display_name") or spec["name"])
    return KernelView(name=spec["name"], display_name=shown, language=language)


def _installed_kernel(name: str) -> Any | None:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        return KernelSpecManager().get_kernel_spec(name)
    except (NoSuchKernel, ValueError):
        return None


def _tags(cell: dict[str, Any]) -> list[Any]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tags if isinstance(tags, list) else []


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def parameters_of(notebook: Notebook) -> list[ParameterView]:
    """Return the assignments of the parameters cell; of other languages than Python none.

    Raises:
        Invalid: the cell has a syntax error; the sentence names its line.
    """
    if notebook.cell is None or notebook.kernel.language.lower() != "python":
        return []
    source = _MAGIC.sub("", notebook.cell)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        where = f"line {line}" if line else "it"
        what = getattr(error, "msg", str(error))
        raise Invalid(
            f"The parameters cell (cell {notebook.cell_number}) of {notebook.name} has a syntax "
            f"error in {where}: {what}.",
            "path",
        ) from error
    comments = _comments(source)
    found: dict[str, ParameterView] = {}
    for statement in tree.body:
        target, value = _assignment(statement)
        if target is not None and value is not None:
            text = ast.get_source_segment(source, value) or ""
            comment = comments.get(statement.end_lineno or 0) or comments.get(-statement.lineno)
            found[target] = _parameter(target, value, text, comment)
    return list(found.values())


def _assignment(statement: ast.stmt) -> tuple[str | None, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return name, value
    return None, None


def _parameter(name: str, value: ast.expr, source: str, comment: str | None) -> ParameterView:
    try:
        default = ast.literal_eval(value)
        kind = _TYPES.get(type(default))
        if kind is None or json.loads(json.dumps(default, allow_nan=False)) != default:
            kind, default = "expression", None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        kind, default = "expression", None
    return ParameterView.model_validate(
        {"name": name, "type": kind, "default": default, "source": source, "comment": comment}
    )


def _comments(source: str) -> dict[int, str]:
    """Return the comments behind code by line, and those above code by minus the line of the code."""
    found: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                text = token.string.lstrip("#").strip()
                if text.lower() == _TAG:  # names the cell, not what is below it
                    continue
                stands_alone = not token.line[: token.start[1]].strip()
                found[-(token.start[0] + 1) if stands_alone else token.start[0]] = text
    except (tokenize.TokenError, SyntaxError):
        return found
    return found
