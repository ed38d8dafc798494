"""What widgets ask of a deployment: through the same session as the command line."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

from couture_scheduler.errors import CoutureError, NotFound
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.dag_runs import DAGRunPatchBody, TriggerDAGRunPostBody
from couture_scheduler.schemas.dag_views import (
    DagDetail,
    DagListQuery,
    DagRow,
    Graph,
    GraphQuery,
)
from couture_scheduler.schemas.dags import DAGPatchBody, DagPatchQuery
from couture_scheduler.schemas.logs import ChunkQuery, LogChunk
from couture_scheduler.schemas.task_instances import ClearTaskInstancesBody
from couture_scheduler.secrets import VaultError
from couture_scheduler.services import dag_runs, dag_views, dags, logs, task_instances
from couture_scheduler.services.session import SERVICE_URL, Session, open_session
from couture_scheduler.settings import SettingsError, load_settings

_WITHIN = 10.0  #: seconds that the service has for an answer
_ATTEMPT = "AT_ATTEMPT_KEY"  #: environment: set where the scheduler runs a task
_TOKEN = "JUPYTERHUB_API_TOKEN"
_lock = threading.Lock()
_opened: dict[tuple[str | None, str | None], Session] = {}


class Away(CoutureError):
    """There is nobody here whom a widget could act as, or nothing that it could ask."""


@dataclass(frozen=True)
class RunLook:
    """A DAG and one of its runs, as they are now; no graph where it has no run."""

    dag: DagDetail
    graph: Graph | None


def is_task() -> bool:
    """Say whether the scheduler runs this process, for nobody who could look."""
    return bool(os.environ.get(_ATTEMPT))


def shared_session() -> Session:
    """Return the session of this process, opened at the first use.

    Raises:
        Away: nobody's rights are at hand here, or there is no deployment.
    """
    if is_task():
        raise Away(
            "Widgets act with the rights of who looks, and the scheduler runs this notebook for "
            "nobody. Open it in JupyterLab to see the DAG live."
        )
    key = (os.environ.get(SERVICE_URL), os.environ.get("COUTURE_HOME"))
    if key[0] and not os.environ.get(_TOKEN):
        raise Away("This process has no token of a person, so the service knows no rights for it.")
    with _lock:
        if key not in _opened:
            _opened[key] = _open()
        return _opened[key]


def _open() -> Session:
    try:
        settings = load_settings()
        if not os.environ.get(SERVICE_URL) and not settings.home_path.is_dir():
            raise Away(
                f"There is no deployment in {settings.home_path}. Start JupyterLab with the "
                "Workflow extension, or set COUTURE_HOME."
            )
        return open_session(lambda: settings, "widget", _WITHIN)
    except (SettingsError, VaultError) as error:
        raise Away(str(error)) from error


class Client:
    """Calls services; every method may block, so that widgets call it in threads.

    Args:
        session: gives the session; raises `CoutureError` where there is none.
    """

    def __init__(self, session: Callable[[], Session] = shared_session):
        self._session = session

    def dags(self) -> list[DagRow]:
        """Return all DAGs that may be seen."""
        found: list[DagRow] = []
        after = None
        while True:
            query = DagListQuery(after=after, limit=1000)
            page = dag_views.get_dag_list(self._session().call(), query=query)
            found += page.dags
            if (after := page.next) is None:
                return found

    def look(self, dag_id: str, run_id: str | None = None) -> RunLook:
        """Return a DAG with that run, or with its last one.

        Raises:
            CoutureError: there is none such, it may not be read, or nobody answers.
        """
        dag = dag_views.get_dag_detail(self._session().call(), dag_id=dag_id)
        chosen = run_id or (dag.last_run.run_id if dag.last_run else None)
        if chosen is None:
            return RunLook(dag, None)
        query = GraphQuery(run_id=chosen)
        return RunLook(dag, dag_views.get_graph(self._session().call(), dag_id=dag_id, query=query))

    def log(
        self, dag_id: str, run_id: str, task_id: str, try_number: int, offset: int
    ) -> LogChunk | None:
        """Return the text of a log from `offset` on; None where there is no such try."""
        try:
            return logs.get_log_chunk(
                self._session().call(),
                dag_id=dag_id,
                dag_run_id=run_id,
                task_id=task_id,
                try_number=try_number,
                query=ChunkQuery(offset=offset),
            )
        except NotFound:
            return None

    def trigger(self, dag_id: str, conf: dict | None) -> str:
        """Make a run and return its id."""
        body = TriggerDAGRunPostBody(conf=conf)
        return dag_runs.trigger_dag_run(self._session().call(), dag_id=dag_id, body=body).dag_run_id

    def switch(self, dag_id: str, *, is_paused: bool, confirm: bool = False) -> None:
        """Switch a DAG on or off; `confirm` agrees to the runs that this creates."""
        body, query = DAGPatchBody(is_paused=is_paused), DagPatchQuery(confirm=confirm)
        dags.patch_dag(self._session().call(), dag_id=dag_id, body=body, query=query)

    def stop(self, dag_id: str, run_id: str) -> None:
        """End a run as failed: what runs is ended, what waits is skipped."""
        dag_runs.patch_dag_run(
            self._session().call(),
            dag_id=dag_id,
            dag_run_id=run_id,
            body=DAGRunPatchBody(state="failed"),
            query=UpdateMask(),
        )

    def clear(self, dag_id: str, run_id: str, *, dry_run: bool) -> list[str]:
        """Have what failed in a run run again; return, or with `dry_run` only say, which that is."""
        body = ClearTaskInstancesBody(dag_run_id=run_id, only_failed=True, dry_run=dry_run)
        call = self._session().call()
        found = task_instances.post_clear_task_instances(call, dag_id=dag_id, body=body)
        return [one.task_id for one in found.task_instances]
