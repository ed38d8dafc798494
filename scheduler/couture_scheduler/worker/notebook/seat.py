"""A kernel taken from the agent and brought to the folder and the environment of one task."""

import json
import logging
import os
import time
from pathlib import Path

from couture_scheduler.worker.kernel_files import KernelFiles
from couture_scheduler.worker.notebook import kernelspecs
from couture_scheduler.worker.notebook.errors import NotebookError
from couture_scheduler.worker.notebook.link import Link
from couture_scheduler.worker.runtime import AskError, SocketClient

log = logging.getLogger("couture.task")
_SECONDS = 5.0
_CONTEXT = ("AIRFLOW_CTX_", "AT_ATTEMPT_KEY")


class Seat:
    """The kernel of one execution; a warm one that does not obey is replaced by another.

    Args:
        client: the agent.
        name: the kernelspec.
        folder: where the kernel works.
        language: as the notebook says. Python is taken over with code; anything else is started
            in its place.
        limit: bytes that a cell may write.

    Raises:
        NotebookError: there is no such kernel, or it does not start.
    """

    def __init__(self, client: SocketClient, name: str, folder: str, language: str, limit: int):
        self._client = client
        self._limit = limit
        environment = {k: v for k, v in os.environ.items() if k.startswith(_CONTEXT)}
        self._request: dict = {"name": name}
        self._code = ""
        if language == "python":
            self._code = take_over_code(folder, environment)
        else:
            self._request |= {"cwd": folder, "env": environment}
        self._take()

    def _take(self) -> None:
        """Ask for a kernel and begin to take it over; it works on that while we go on."""
        files, pid = self._ask()
        self.language_info = json.loads(Path(files.info).read_text())
        self.link = Link(files.connection, pid, self._limit)
        self._asked = self.link.execute(self._code, silent=True)
        self._deadline = time.monotonic() + _SECONDS

    def _ask(self) -> tuple[KernelFiles, int]:
        try:
            kernel = self._client.ask("kernel", **self._request)
        except KeyError:
            names = ", ".join(kernelspecs.available()) or "none"
            name = self._request["name"]
            raise NotebookError(
                f"There is no kernel {name!r} on this host; there are: {names}."
            ) from None
        except AskError as error:
            raise NotebookError(str(error)) from None
        return KernelFiles(kernel["files"]), kernel["pid"]

    def ready(self) -> Link:
        """Return the line to the kernel once it has been taken over."""
        try:
            self.link.finish(self._asked, self._deadline)
        except NotebookError as error:
            log.warning("The kernel could not be taken over (%s) Another one is used.", error)
            self.link.close()
            self._take()
            self.link.finish(self._asked, self._deadline)
        return self.link


def take_over_code(folder: str, environment: dict[str, str]) -> str:
    """Return Python that brings a kernel to a folder and leaves no name behind."""
    environment = {**environment, "PWD": folder}
    return f"__import__('os').environ.update({environment!r}); __import__('os').chdir({folder!r})"
