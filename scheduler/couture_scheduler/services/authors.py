"""Who wrote which file below dags/: only what was saved through a service counts."""

from couture_scheduler.db.database import Tx
from couture_scheduler.services.files import sha256, write_whole
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dag_sources


def save_source(tx: Tx, call: Call, path: str, data: bytes) -> str:
    """Write a file below dags/, note its author, and return the content's sha256.

    The file is there before the row is: without a row it is nobody's, and runs as such.
    """
    write_whole(call.workflow.settings.dags_path / path, data)
    digest = sha256(data)
    if call.actor.account:
        dag_sources.set_source(tx, path, digest, call.actor.account)
    return digest
