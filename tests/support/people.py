"""What people do, through the services, as the local Admin."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select
from world import World

from couture_scheduler.db.tables import dag_run
from couture_scheduler.default_roles import ROLES
from couture_scheduler.errors import Conflict, NotFound
from couture_scheduler.ipc import Ringer
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.dag_runs import (
    DAGRunClearBody,
    DAGRunPatchBody,
    TriggerDAGRunPostBody,
)
from couture_scheduler.schemas.task_instances import (
    ClearTaskInstancesBody,
    PatchTaskInstanceBody,
    PatchTaskInstanceQuery,
)
from couture_scheduler.secrets import Vault
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.dag_runs import clear_dag_run, patch_dag_run, trigger_dag_run
from couture_scheduler.services.task_instances import (
    patch_task_instance,
    post_clear_task_instances,
)
from couture_scheduler.services.workflow import Call, Workflow

ADA = Actor("ada", "10.0.0.1", ROLES["Admin"], ("Admin",))


class People:
    """Calls services; what they refuse with a sentence (conflict, not found) changes nothing."""

    def __init__(self, world: World, home: Path):
        vault = Vault(Fernet.generate_key())
        ringer = Ringer(home / "bells")
        self.world = world
        self.workflow = Workflow(world.settings, world.db, vault, ringer, home, world.clock.now())

    def close(self) -> None:
        self.workflow.ringer.close()

    def runs(self) -> list[Any]:
        with self.world.db.read() as tx:
            return tx.rows(select(dag_run).order_by(dag_run.c.id))

    def trigger(self, dag_id: str) -> None:
        self._do(trigger_dag_run, dag_id=dag_id, body=TriggerDAGRunPostBody())

    def clear(self, run: Any, task_id: str | tuple[str, int], **options: bool) -> None:
        options = {"dry_run": False, "only_failed": False, **options}
        body = ClearTaskInstancesBody(dag_run_id=run.run_id, task_ids=[task_id], **options)
        self._do(post_clear_task_instances, dag_id=run.dag_id, body=body)

    def clear_run(self, run: Any) -> None:
        body = DAGRunClearBody(dry_run=False)
        self._do(clear_dag_run, dag_id=run.dag_id, dag_run_id=run.run_id, body=body)

    def mark(self, run: Any, task_id: str, state: str, **options: bool) -> None:
        body = PatchTaskInstanceBody(new_state=state, **options)
        self._do(
            patch_task_instance,
            dag_id=run.dag_id,
            dag_run_id=run.run_id,
            task_id=task_id,
            body=body,
            query=PatchTaskInstanceQuery(),
        )

    def mark_run(self, run: Any, state: str) -> None:
        body = DAGRunPatchBody(state=state)
        self._do(
            patch_dag_run, dag_id=run.dag_id, dag_run_id=run.run_id, body=body, query=UpdateMask()
        )

    def _do(self, service: Any, **params: Any) -> None:
        with suppress(Conflict, NotFound):
            service(Call(self.workflow, ADA), **params)
