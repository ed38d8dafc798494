"""Where a notebook is read from, what it writes, and the folder that its kernel works in."""

import os
from dataclasses import dataclass
from pathlib import Path

from couture_scheduler.worker.notebook.errors import NotebookError


@dataclass(frozen=True)
class Places:
    """What the agent says of the folders; all paths are absolute.

    Attributes:
        dag_folder: of the DAG file.
        draft: the file that shows this try, while it runs and afterwards.
        original: the notebook of which a scheduled DAG runs a copy.
    """

    home: str
    dag_folder: str
    notebooks: str
    outputs: str
    draft: str
    original: str | None
    max_output_bytes: int

    def input(self, name: str) -> Path:
        """Return the notebook's file: beside the DAG file, else in the notebooks folder.

        Raises:
            NotebookError: it is in none of these places.
        """
        tried = [Path(folder, name) for folder in (self.dag_folder, self.notebooks)]
        for path in dict.fromkeys(tried):
            if path.is_file():
                return path
        looked = " nor ".join(str(path) for path in dict.fromkeys(tried))
        raise NotebookError(f"Notebook {name!r} was not found: there is no {looked}.")

    def output(self, name: str) -> Path:
        """Return where the executed notebook is published; relative names lie below outputs/.

        Raises:
            NotebookError: a relative name leads out of the folder.
        """
        name = name if name.endswith(".ipynb") else f"{name}.ipynb"
        path = Path(os.path.normpath(Path(self.outputs, name)))
        if not Path(name).is_absolute() and not path.is_relative_to(self.outputs):
            raise NotebookError(
                f"output_nb {name!r} leads out of {self.outputs}. "
                "Name a path below it, or an absolute one."
            )
        return path

    def kernel_folder(self, notebook: Path) -> Path:
        """Return the folder of the original notebook where we may read it, else of this one."""
        if self.original:
            folder = Path(self.home, self.original).parent
            if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK):
                return folder
        return notebook.parent
