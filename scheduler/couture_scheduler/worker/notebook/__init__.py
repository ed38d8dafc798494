"""Execution of notebooks: papermill's semantics on a warm kernel, in the attempt's own process.

`warm_imports` runs once in the notebook base zygote; everything else runs in children of it. The
agent, which never imports these libraries, keeps the kernels: couture_scheduler.worker.kernels.
"""

from typing import Any

from couture_scheduler.worker.runtime import SocketClient


def warm_imports() -> None:
    """Import and prepare all that executions need; leaves no thread, socket or event loop."""
    from couture_scheduler.worker.notebook import execution, html, kernelspecs  # noqa: F401

    execution.warm()
    html.warm()


def run_notebook(spec: Any, client: SocketClient) -> dict[str, Any]:
    """Execute a couture_operators NotebookSpec; return where "output" and "html" are.

    Raises:
        NotebookError: why it did not succeed, in a sentence.
    """
    from couture_scheduler.worker.notebook import execution

    return execution.run(spec, client)
