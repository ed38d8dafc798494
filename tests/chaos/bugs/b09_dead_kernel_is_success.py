"""B9 (papermill#426, nbgrader#427): a notebook whose outputs end early has succeeded."""

from types import ModuleType


def _run_what_there_is(module: ModuleType) -> None:
    from couture_scheduler.worker.notebook.errors import NotebookError

    execute = module.Runner.execute

    def forgive(self, **given):  # noqa: ANN001, ANN202
        try:
            return execute(self, **given)
        except NotebookError:
            return self.nb

    module.Runner.execute = forgive
    module.Runner._mark = lambda *_: None


def _believe(module: ModuleType) -> None:
    module.read_back = lambda path: module.nbformat.read(path, as_version=4)


AIM: dict = {}
BUG = {
    "couture_scheduler.worker.notebook.runner": _run_what_there_is,
    "couture_scheduler.worker.notebook.execution": _believe,
}
