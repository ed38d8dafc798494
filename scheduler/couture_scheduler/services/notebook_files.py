"""Reading a notebook that somebody wants to schedule: found, checked, its parameters parsed."""

import ast
import hashlib
import io
import json
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path
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
        name: its path below the root of JupyterLab.
        cell: source of the cell tagged `parameters`, None = there is none.
    """

    name: str
    path: Path
    data: bytes
    kernel: KernelView
    cell: str | None
    cell_number: int = 0

    @property
    def dag_id(self) -> str:
        """The id of the DAG that runs it: readable, and different for equal names elsewhere."""
        slug = re.sub(r"[^a-z0-9]+", "_", self.path.stem.lower()).strip("_")[:60] or "notebook"
        return f"{slug}_{hashlib.sha256(self.name.encode()).hexdigest()[:6]}"


def open_notebook(root: Path, name: str) -> Notebook:
    """Read and check a notebook.

    Raises:
        Invalid: it is not there, no notebook, or has no kernel.
    """
    path = _inside(root, name)
    data = _read(path, name)
    content = _parse(data, name)
    kernel = _kernel(content.get("metadata"), name)
    for number, cell in enumerate(content["cells"], 1):
        if isinstance(cell, dict) and _TAG in _tags(cell):
            return Notebook(name, path, data, kernel, _source(cell), number)
    return Notebook(name, path, data, kernel, None)


def _inside(root: Path, name: str) -> Path:
    path = (root / name).resolve()
    if "\0" in name or not path.is_relative_to(root.resolve()):
        raise Invalid(f"{name!r} is not below the folder that JupyterLab shows.", "path")
    return path


def _read(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise Invalid(f"{name} is larger than 100 MB. Clear its outputs first.", "path")
        return path.read_bytes()
    except FileNotFoundError:
        raise Invalid(f"There is no notebook {name}. Save it first.", "path") from None
    except OSError as error:
        raise Invalid(f"{name} cannot be read: {error.strerror}.", "path") from error


def _parse(data: bytes, name: str) -> dict[str, Any]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{name} is not a notebook: it is no JSON ({error}).", "path") from error
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise Invalid(f"{name} is not a notebook of format 4: it has no list of cells.", "path")
    return content


def _kernel(metadata: Any, name: str) -> KernelView:
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    if not isinstance(spec, dict) or not isinstance(spec.get("name"), str):
        raise Invalid(
            f"{name} names no kernel. Open it in JupyterLab, choose a kernel and save it.", "path"
        )
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        found = KernelSpecManager().get_kernel_spec(spec["name"])
    except (NoSuchKernel, ValueError):
        raise Invalid(
            f"The kernel {spec['name']!r} of {name} is not installed here. Choose another one.",
            "path",
        ) from None
    return KernelView(
        name=spec["name"], display_name=found.display_name, language=found.language or "python"
    )


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
