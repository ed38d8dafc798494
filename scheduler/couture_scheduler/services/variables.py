"""Variables: stored encrypted, shown to those who may."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Invalid, NotFound
from couture_scheduler.schemas.variables import VariableCollectionResponse, VariableResponse
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import variables


@service("can_list", "VariableModelView")
def get_variables(tx: Tx, call: Call) -> VariableCollectionResponse:
    """List variables."""
    found = [_variable(call, row) for row in variables.list_variables(tx)]
    return VariableCollectionResponse(variables=found, total_entries=len(found))


@service("can_show", "VariableModelView")
def get_variable(tx: Tx, call: Call, key: str) -> VariableResponse:
    """Return one variable."""
    row = variables.find_variable(tx, key)
    if row is None:
        raise NotFound(f"There is no variable {key!r}.")
    return _variable(call, row)


@service("can_edit", "VariableModelView", mutates=True, secrets=("value",))
def set_variable(
    tx: Tx, call: Call, key: str, value: str, description: str | None = None
) -> VariableResponse:
    """Create or overwrite a variable."""
    _set(tx, call, key, value, description)
    return get_variable.function(tx, call, key)


@service("can_varimport", "VariableModelView", mutates=True, secrets=("values",))
def import_variables(tx: Tx, call: Call, values: dict[str, str]) -> VariableCollectionResponse:
    """Create or overwrite many variables, or none."""
    for key, value in values.items():
        _set(tx, call, key, value, None)
    call.notes["keys"] = sorted(values)
    return get_variables.function(tx, call)


@service("can_delete", "VariableModelView", mutates=True)
def delete_variable(tx: Tx, call: Call, key: str) -> None:
    """Delete a variable."""
    if not variables.delete_variable(tx, key):
        raise NotFound(f"There is no variable {key!r}.")


def _set(tx: Tx, call: Call, key: str, value: str, description: str | None) -> None:
    if not key or len(key) > 250:
        raise Invalid("A variable's key has 1 to 250 characters.", "key")
    variables.set_variable(tx, key, call.workflow.vault.encrypt(value), description)


def _variable(call: Call, row: Any) -> VariableResponse:
    value = call.workflow.vault.decrypt(row.value)
    return VariableResponse(key=row.key, value=value, description=row.description)
