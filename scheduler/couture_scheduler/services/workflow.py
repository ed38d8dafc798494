"""What every service function needs of this deployment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from couture_scheduler.db.database import Database, Tx
from couture_scheduler.ipc import Ringer
from couture_scheduler.plans import Plans
from couture_scheduler.processes import open_database
from couture_scheduler.rights import DagScope
from couture_scheduler.secrets import Vault, open_vault
from couture_scheduler.services.actor import Actor
from couture_scheduler.settings import Settings

if TYPE_CHECKING:
    from couture_scheduler.executors.remote_files import RemoteFiles


@dataclass(frozen=True)
class Workflow:
    """One deployment: settings, database, key, bells.

    Attributes:
        lab_root: the folder that JupyterLab shows; paths of notebooks are relative to it.
        plans, shown_of_versions: caches of what never changes, by dag_version id.
        opened_at: since when this process has it open.
        remote_files: reads logs of worker hosts that share no disk with us; None where all are here.
        directory: makes the LDAP directory of some options; None where there are no accounts.
    """

    settings: Settings
    db: Database
    vault: Vault
    ringer: Ringer
    lab_root: Path
    opened_at: datetime
    plans: Plans = field(default_factory=Plans)
    shown_of_versions: dict[int, dict[str, Any]] = field(default_factory=dict)
    remote_files: "RemoteFiles | None" = None
    directory: Callable[[Any], Any] | None = None

    def ring(self, tx: Tx, *kinds: str) -> None:
        """Ring those bells once the transaction holds."""
        for kind in kinds:
            tx.after_commit(_Ring(self.ringer, kind))

    def close(self) -> None:
        """Give everything back."""
        self.db.close()
        self.ringer.close()


@dataclass(frozen=True)
class _Ring:
    ringer: Ringer
    kind: str

    def __call__(self) -> None:
        self.ringer.ring(self.kind)


@dataclass(frozen=True)
class Call:
    """One call of a service: for whom, on what.

    Attributes:
        notes: what the service adds to its audit row, such as before and after; no secrets. What
            no parameter says stands under dag_id, dag_run_id and task_id.
        dags: those that the call may concern: that the actor sees and holds its permission on.
        transport: takes the call to where the deployment is; None = it is here.
    """

    workflow: Workflow
    actor: Actor
    notes: dict[str, Any] = field(default_factory=dict)
    dags: DagScope = ()
    transport: Callable[[Any, dict[str, Any]], Any] | None = None


def open_workflow(settings: Settings, lab_root: Path | None = None) -> Workflow:
    """Open database, key and bells of a deployment, made where they are missing.

    Args:
        lab_root: default: COUTURE_HOME.
    """
    db = open_database(settings)
    home = settings.home_path
    root, ringer = lab_root or home, Ringer(settings.bells_path)
    opened, vault = db.clock.now(), open_vault(home)
    return Workflow(settings, db, vault, ringer, root, opened, remote_files=_remote_files(settings))


def _remote_files(settings: Settings) -> "RemoteFiles | None":
    if settings.executor == "local":
        return None
    from couture_scheduler.executors.remote_files import RemoteFiles

    return RemoteFiles(settings)
