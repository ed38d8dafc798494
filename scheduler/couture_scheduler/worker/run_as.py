"""Under whom a DAG file is imported and run: its author, as far as the service knows who that is."""

import os
from dataclasses import dataclass

from couture_scheduler.db.database import Tx
from couture_scheduler.settings import Settings
from couture_scheduler.store import accounts

SHARED = "_shared"  #: the folder of what is nobody's; no account has such a name


@dataclass(frozen=True)
class RunAs:
    """A person's name, uid and folder.

    Attributes:
        account: None = nobody that is known, or the only one.
        uid: of the processes, and their gid; None = the agent's own.
        home: holds notebooks/ and outputs/, and is HOME where there is a uid.
    """

    account: str | None = None
    uid: int | None = None
    home: str = ""


SELF = RunAs()  #: the agent's own user


def run_as(tx: Tx, settings: Settings, account: str | None) -> RunAs:
    """Return under whom the files of an account run; of one that is gone, as nobody's."""
    row = accounts.find_account(tx, account) if account else None
    own_uids = settings.own_uids and os.geteuid() == 0
    if row is not None:
        uid = settings.first_uid + row.id if own_uids else None
        return RunAs(row.name, uid, str(settings.home_path / "users" / row.name))
    if own_uids:
        return RunAs(None, settings.run_uid, str(settings.home_path / "users" / SHARED))
    return RunAs(None, None, str(settings.home_path))
