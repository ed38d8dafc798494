"""Accounts and roles of tests, written straight into the database."""

from couture_scheduler.rights import MENUS_OF_DAGS
from couture_scheduler.services.workflow import Workflow
from couture_scheduler.store import accounts, roles

PEOPLE = {"ada": "Admin", "vera": "Viewer", "uma": "User", "nora": None}


def add_person(workflow: Workflow, name: str, *given: str | None) -> None:
    """Add an account with these roles."""
    with workflow.db.write() as tx:
        account_id = accounts.add_account(tx, name, {"origin": "local"})
        ids = [roles.get_role(tx, role).id for role in given if role]
        roles.set_of_account(tx, account_id, ids)


def set_active(workflow: Workflow, name: str, is_active: bool) -> None:
    with workflow.db.write() as tx:
        row = accounts.get_account(tx, name)
        accounts.set_account(tx, row.id, {"is_active": is_active})


def add_role(workflow: Workflow, name: str, *grants: tuple[str | None, frozenset[str]]) -> None:
    """Add a role: actions for DAGs that a pattern names, None = for all."""
    with workflow.db.write() as tx:
        role_id = roles.add_role(tx, name, "")
        menus = sorted(MENUS_OF_DAGS)
        rows = [{"dag": dag, "actions": sorted(held), "menus": menus} for dag, held in grants]
        roles.set_grants(tx, role_id, rows)


def set_roles(workflow: Workflow, name: str, *given: str) -> None:
    """Give an account these roles and no other."""
    with workflow.db.write() as tx:
        ids = [roles.get_role(tx, role).id for role in given]
        roles.set_of_account(tx, accounts.get_account(tx, name).id, ids)
