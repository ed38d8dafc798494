"""Who asks, from where, and what they may do."""

from collections.abc import Collection
from dataclasses import dataclass

from couture_scheduler.errors import Forbidden
from couture_scheduler.rights import DagScope, Rights, both, scope_of
from couture_scheduler.store.audit import AuditScope

LOGGED_IN = "logged_in"  #: the permission that everybody has who is somebody
ANONYMOUS = "anonymous"  #: the user of calls by nobody


@dataclass(frozen=True)
class Actor:
    """Who makes a call.

    Attributes:
        rights: what is held; any of them suffices.
        roles: names, for display only.
        source: how the call came in: rest_api or cli.
        is_alone: the person whose process this is, who shares it with nobody.
    """

    user: str
    source_ip: str | None
    rights: tuple[Rights, ...]
    roles: tuple[str, ...] = ()
    source: str = "rest_api"
    is_alone: bool = False

    def allows(self, action: str, menu: str, dag_id: str | None = None) -> bool:
        """Say whether this person may do that."""
        if action == LOGGED_IN:
            return self.user != ANONYMOUS
        return any(one.allows(action, menu, dag_id) for one in self.rights)

    def sees(self, dag_id: str) -> bool:
        """Say whether this person may know that the DAG exists."""
        return self.allows("can_dag_details", "Airflow", dag_id)

    def owns(self, owners: Collection[str]) -> bool:
        """Say whether something with these owners is this person's own."""
        return self.is_alone or self.user in owners

    def require(self, action: str, menu: str, dag_id: str) -> None:
        """Refuse what this person may not do to a DAG.

        Raises:
            Forbidden: the sentence names the permission.
        """
        if not self.allows(action, menu, dag_id):
            raise Forbidden(
                f"{self.user} lacks the permission {action} on {menu} for DAG {dag_id!r}. "
                "An administrator can grant a role that has it."
            )

    @property
    def account(self) -> str:
        """The account that what this person saves belongs to; "" where one person is alone."""
        return "" if self.is_alone else self.user

    @property
    def visible_dags(self) -> DagScope:
        """The DAGs that this person may see."""
        return scope_of(self.rights, "can_dag_details", "Airflow")

    def scope(self, action: str, menu: str) -> DagScope:
        """Return the DAGs that this person may see and on which an action is held."""
        return both(self.visible_dags, scope_of(self.rights, action, menu))

    def audit_scope(self, dags: DagScope) -> AuditScope:
        """Return the rows of the audit log that this person may read: of DAGs, of these."""
        return AuditScope(self.user, dags, everything=self.is_admin)

    @property
    def is_admin(self) -> bool:
        """Whether this person may grant and revoke."""
        return self.allows("can_edit", "RoleModelView")

    def held(self, actions: Collection[str], dag_id: str | None = None) -> list[str]:
        """Return those of `actions` that this person holds."""
        return [name for name in actions if self.allows(name, "Airflow", dag_id)]

    def held_on(self, actions: Collection[str], dag_ids: Collection[str]) -> dict[str, list[str]]:
        """Return those of `actions` that this person holds on each DAG.

        DAGs that the same rights are about are judged once: a list has many.
        """
        known: dict[tuple[bool, ...], list[str]] = {}
        found = {}
        for dag_id in dag_ids:
            fitting = tuple(one.fits(dag_id) for one in self.rights)
            if fitting not in known:
                known[fitting] = self.held(actions, dag_id)
            found[dag_id] = known[fitting]
        return found
