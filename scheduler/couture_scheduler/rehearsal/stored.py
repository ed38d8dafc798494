"""A deployment's variables and connections, for tests and simulations on its machine."""

from typing import Any

from couture_scheduler.db.database import Database
from couture_scheduler.secrets import Vault
from couture_scheduler.settings import Settings
from couture_scheduler.worker.requests import Requests
from couture_scheduler.worker.runtime import value_of


class StoredValues:
    """Reads them as a DAG file does that is imported; connections that are read are audited."""

    def __init__(self, db: Database, vault: Vault, settings: Settings):
        self._requests = Requests(db, vault, "cli", settings)

    def get_variable(self, key: str) -> str:
        """The value of a variable; KeyError where there is none."""
        return self._ask({"op": "get_variable", "key": key})

    def get_connections(self, conn_id: str) -> list[dict[str, Any]]:
        """All connections of that id."""
        return self._ask({"op": "get_connections", "conn_id": conn_id})

    def _ask(self, message: dict[str, Any]) -> Any:
        return value_of(self._requests.answer(message, None))
