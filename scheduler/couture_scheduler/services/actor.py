"""Who asks, from where, and what they may do."""

from collections.abc import Collection
from dataclasses import dataclass


class _Everything(frozenset[str]):
    """A set that has every member: what the Admin role holds."""

    def __contains__(self, _: object) -> bool:
        return True


ALL: frozenset[str] = _Everything()


@dataclass(frozen=True)
class Rights:
    """Every one of `actions` on every one of `resources`.

    Attributes:
        actions: permission names of the manual, such as can_trigger.
        resources: view menus, such as DagRunModelView.
        dags: the DAGs that it is limited to; None = all.
    """

    actions: frozenset[str]
    resources: frozenset[str]
    dags: frozenset[str] | None = None

    def allows(self, action: str, resource: str, dag_id: str | None = None) -> bool:
        """Say whether the action is allowed on a resource, of one DAG where that is named."""
        if action not in self.actions or resource not in self.resources:
            return False
        return dag_id is None or self.dags is None or dag_id in self.dags


@dataclass(frozen=True)
class Actor:
    """Who makes a call.

    Attributes:
        roles: names, for display only.
        source: how the call came in: rest_api or cli.
        is_alone: the person whose process this is, who shares it with nobody.
    """

    user: str
    source_ip: str | None
    rights: Rights
    roles: tuple[str, ...] = ()
    source: str = "rest_api"
    is_alone: bool = False

    def allows(self, action: str, resource: str, dag_id: str | None = None) -> bool:
        """Say whether this person may do that."""
        return self.rights.allows(action, resource, dag_id)

    def sees(self, dag_id: str) -> bool:
        """Say whether this person may know that the DAG exists."""
        return self.allows("can_dag_details", "Airflow", dag_id)

    def owns(self, owners: Collection[str]) -> bool:
        """Say whether something with these owners is this person's own."""
        return self.is_alone or self.user in owners

    @property
    def visible_dags(self) -> frozenset[str] | None:
        """The DAGs that this person may see; None = all."""
        return self.rights.dags if self.allows("can_dag_details", "Airflow") else frozenset()

    def held(self, actions: Collection[str], dag_id: str | None = None) -> list[str]:
        """Return those of `actions` that this person holds."""
        return [name for name in actions if self.allows(name, "Airflow", dag_id)]
