"""Give the deployment another key: whatever is encrypted is encrypted anew, while all goes on.

The new key is written first, beside the old one, and every process follows; then texts are
replaced in batches; the old key is removed last. Interrupted anywhere, both keys are there and a
repeated call goes on.
"""

from collections.abc import Callable
from typing import Any

from cryptography.fernet import Fernet

from couture_scheduler.db.database import Database
from couture_scheduler.faults import faultpoint
from couture_scheduler.secrets import KEY_FILE, Vault, VaultError, read_keys, write_keys
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.workflow import Workflow
from couture_scheduler.store import audit, encrypted

_BATCH = 200


def rotate_key(workflow: Workflow, actor: Actor, tell: Callable[[str], None]) -> int:
    """Replace the key and return how many texts were encrypted anew.

    Args:
        tell: is told of each step.

    Raises:
        VaultError: a text was encrypted with a key that is not here; both keys stay.
    """
    path = workflow.settings.home_path / KEY_FILE
    keys = read_keys(path)
    if len(keys) == 1:
        keys = [Fernet.generate_key(), *keys]
        write_keys(path, keys)
        tell(f"The new key is in {path}, beside the old one.")
    else:
        tell("A change of the key was interrupted; it goes on.")
    faultpoint("key_written")
    vault = Vault(*keys)
    changed = _until_none_is_left(workflow.db, vault)
    faultpoint("texts_replaced")
    write_keys(path, keys[:1])
    faultpoint("old_key_removed")
    changed += _until_none_is_left(workflow.db, vault)  # of whoever was writing just then
    with workflow.db.write() as tx:
        audit.add(
            tx,
            user=actor.user,
            source_ip=actor.source_ip,
            event="rotate_key",
            allowed=True,
            extra={"texts": changed},
        )
    return changed


def _until_none_is_left(db: Database, vault: Vault) -> int:
    changed = 0
    while found := sum(_replace_all(db, vault, column) for column in encrypted.columns()):
        changed += found
    return changed


def _replace_all(db: Database, vault: Vault, column: Any) -> int:
    changed, after = 0, None
    while True:
        with db.write() as tx:
            rows = encrypted.list_texts(tx, column, after, _BATCH)
            for key, text in rows:
                if not vault.is_current(text):
                    new = vault.encrypt(_opened(vault, column, key, text))
                    encrypted.replace_text(tx, column, key, text, new)
                    changed += 1
        faultpoint("batch_replaced")
        if len(rows) < _BATCH:
            return changed
        after = rows[-1][0]


def _opened(vault: Vault, column: Any, key: Any, text: str) -> str:
    try:
        return vault.decrypt(text)
    except VaultError as error:
        raise VaultError(
            f"{column.table.name} {key!r} was encrypted with a key that is not in {KEY_FILE}. Set "
            "it again or delete it, and repeat the command; until then both keys stay."
        ) from error
