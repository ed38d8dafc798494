"""Who wrote which file below dags/: only what was saved through a service counts."""

from collections.abc import Mapping

from couture_scheduler.db.database import Tx
from couture_scheduler.services.files import sha256, write_all
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dag_sources


def save_source(tx: Tx, call: Call, path: str, data: bytes) -> None:
    """Write a file below dags/ and note its author; see `save_sources`."""
    save_sources(tx, call, {path: data})


def save_sources(tx: Tx, call: Call, files: Mapping[str, bytes]) -> None:
    """Write files below dags/, all or none, and note their author.

    They are there before their rows are: without a row a file is nobody's, and runs as such.
    """
    root = call.workflow.settings.dags_path
    write_all({root / path: data for path, data in files.items()})
    if call.actor.account:
        for path, data in files.items():
            dag_sources.set_source(tx, path, sha256(data), call.actor.account)
