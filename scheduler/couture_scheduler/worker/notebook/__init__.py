"""Execution of notebooks: papermill's semantics on a warm kernel, in the attempt's own process.

`warm_imports` runs once in the notebook base zygote; everything else runs in children of it. The
agent, which never imports these libraries, keeps the kernels: couture_scheduler.worker.kernels.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from couture_scheduler.worker.runtime import SocketClient


def warm_imports() -> None:
    """Import and prepare all that executions need; leaves no thread, socket or event loop."""
    with _without_iri_grammar():
        from couture_scheduler.worker.notebook import execution, html, kernelspecs  # noqa: F401

    execution.warm()
    html.warm()


@contextmanager
def _without_iri_grammar() -> Iterator[None]:
    """Keep jsonschema from compiling a grammar of IRIs (0.8 s), which no notebook's schema uses.

    It does without where the package is not installed; here it seems so while it is imported.
    """
    name = "rfc3987_syntax"
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


def run_notebook(spec: Any, client: SocketClient) -> dict[str, Any]:
    """Execute a couture_operators NotebookSpec; return where "output" and "html" are.

    Raises:
        NotebookError: why it did not succeed, in a sentence.
    """
    with _without_iri_grammar():  # a fresh interpreter has imported nothing yet
        from couture_scheduler.worker.notebook import execution

    return execution.run(spec, client)
