"""Variables: stored encrypted; values of secret keys are shown on explicit demand only (S14.4)."""

import json
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid, NotFound
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.bulk import BulkBody, BulkResponse
from couture_scheduler.schemas.variables import (
    VariableBody,
    VariableCollectionResponse,
    VariableExport,
    VariableImport,
    VariableQuery,
    VariableResponse,
    VariablesImported,
)
from couture_scheduler.services.bulk import Entities, run_bulk
from couture_scheduler.services.paging import criteria, wanted_fields
from couture_scheduler.services.redact import holds_hidden, restored, shown
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import variables

_MENU = "VariableModelView"


@service("can_list", _MENU)
def get_variables(tx: Tx, call: Call, query: VariableQuery) -> VariableCollectionResponse:
    """List variables; values of secret keys are hidden."""
    listed = variables.list_page_of_variables(tx, criteria(query, variables.VARIABLE_COLUMNS))
    found = [_answer(call, row) for row in listed.rows]
    return VariableCollectionResponse(variables=found, total_entries=listed.total)


@service("can_show", _MENU)
def get_variable(tx: Tx, call: Call, variable_key: str) -> VariableResponse:
    """Return one variable; the value of a secret key is hidden."""
    return _answer(call, _get(tx, variable_key))


@service("can_conf", _MENU, mutates=True)
def reveal_variable(tx: Tx, call: Call, variable_key: str) -> VariableResponse:
    """Return one variable with its value in clear; that it was looked at is recorded."""
    row = _get(tx, variable_key)
    value = call.workflow.vault.decrypt(row.value)
    return VariableResponse(key=row.key, value=value, description=row.description)


@service("can_add", _MENU, mutates=True, secrets=("body",))
def post_variable(tx: Tx, call: Call, body: VariableBody) -> VariableResponse:
    """Add a variable."""
    call.notes["key"] = body.key
    _create(tx, call, body)
    return _answer(call, _get(tx, body.key))


@service("can_edit", _MENU, mutates=True, secrets=("body",))
def patch_variable(
    tx: Tx, call: Call, variable_key: str, body: VariableBody, query: UpdateMask
) -> VariableResponse:
    """Change a variable; a hidden value that is sent back stays what it was."""
    if body.key != variable_key:
        raise Invalid("The key of a variable cannot be changed.", "key")
    fields = wanted_fields(body, query)
    call.notes["fields"] = sorted(fields - {"key"})
    _update(tx, call, body, fields)
    return _answer(call, _get(tx, variable_key))


@service("can_delete", _MENU, mutates=True)
def delete_variable(tx: Tx, call: Call, variable_key: str) -> None:
    """Delete a variable."""
    if not variables.delete_variable(tx, variable_key):
        raise NotFound(f"There is no variable {variable_key!r}.")


@service("can_edit", _MENU, mutates=True, secrets=("body",))
def bulk_variables(tx: Tx, call: Call, body: BulkBody[VariableBody]) -> BulkResponse:
    """Add, change and delete many variables."""

    def update(one: VariableBody, mask: list[str] | None) -> None:
        _update(tx, call, one, wanted_fields(one, UpdateMask(update_mask=mask or [])))

    of = Entities[VariableBody](
        "variable",
        _MENU,
        lambda one: one.key,
        lambda key: variables.find_variable(tx, key) is not None,
        lambda one: _create(tx, call, one),
        update,
        lambda key: variables.delete_variable(tx, key),
    )
    return run_bulk(call, body, of)


@service("can_varimport", _MENU, mutates=True, secrets=("body",))
def import_variables(tx: Tx, call: Call, body: VariableImport) -> VariablesImported:
    """Set many variables, or none, and say which were new, changed or kept (S23.2)."""
    there = {key for key in body.variables if variables.find_variable(tx, key) is not None}
    if there and body.action_on_existing_key == "fail":
        raise Conflict(f"Nothing was imported: there is {', '.join(sorted(there))} already.")
    report = VariablesImported(created=[], changed=[], kept=[])
    for key, given in body.variables.items():
        one = _imported(key, given)
        if key not in there:
            _create(tx, call, one)
            report.created.append(key)
        elif body.action_on_existing_key == "skip" or not _update(
            tx, call, one, one.model_fields_set
        ):
            report.kept.append(key)
        else:
            report.changed.append(key)
    call.notes.update(report.model_dump())
    return report


@service("can_conf", _MENU, mutates=True)
def export_variables(tx: Tx, call: Call) -> VariableExport:
    """Return all variables with their values in clear; that they were looked at is recorded."""
    found = {row.key: _exported(call, row) for row in variables.list_variables(tx)}
    call.notes["keys"] = sorted(found)
    return VariableExport(variables=found)


def _exported(call: Call, row: Any) -> Any:
    value = call.workflow.vault.decrypt(row.value)
    return {"value": value, "description": row.description} if row.description else value


def _imported(key: str, given: Any) -> VariableBody:
    if not key or len(key) > 250:
        raise Invalid(f"A variable's key has 1 to 250 characters, not {len(key)}.", "variables")
    if not (isinstance(given, dict) and {"value"} <= given.keys() <= {"value", "description"}):
        return VariableBody(key=key, value=given)
    if not isinstance(given.get("description"), str | None):
        raise Invalid(f"The description of {key!r} is no text.", "variables")
    return VariableBody(key=key, **given)


def _get(tx: Tx, key: str) -> Any:
    row = variables.find_variable(tx, key)
    if row is None:
        raise NotFound(f"There is no variable {key!r}.")
    return row


def _create(tx: Tx, call: Call, body: VariableBody) -> None:
    if variables.find_variable(tx, body.key) is not None:
        raise Conflict(f"There is a variable {body.key!r} already.")
    text = _text(body)
    if holds_hidden(body.key, text):
        raise Invalid(f"The value of {body.key!r} is only the mark of a hidden one.", "value")
    variables.set_variable(tx, body.key, call.workflow.vault.encrypt(text), body.description)


def _update(tx: Tx, call: Call, body: VariableBody, fields: set[str]) -> bool:
    """Change the fields of a variable and say whether that made a difference."""
    row, vault = _get(tx, body.key), call.workflow.vault
    old = vault.decrypt(row.value)
    new = restored(body.key, _text(body), old) if "value" in fields else old
    description = body.description if "description" in fields else row.description
    if new == old and description == row.description:
        return False
    variables.change_variable(tx, body.key, vault.encrypt(new), description)
    return True


def _text(body: VariableBody) -> str:
    return body.value if isinstance(body.value, str) else json.dumps(body.value)


def _answer(call: Call, row: Any) -> VariableResponse:
    value = shown(row.key, call.workflow.vault.decrypt(row.value))
    return VariableResponse(key=row.key, value=value, description=row.description)
