"""What somebody may do: permissions, each for all DAGs or for those that fit a pattern. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

#: a pattern of DAG ids, or several all of which a DAG must fit
Pattern = str | tuple[str, ...]
#: DAGs: those that fit one of these patterns; None = all
DagScope = tuple[Pattern, ...] | None


class _Everything(frozenset[str]):
    """A set that has every member: what the Admin role holds."""

    def __contains__(self, _: object) -> bool:
        return True


ALL: frozenset[str] = _Everything()

#: view menus whose content is filtered by DAG: what rights on some DAGs only can be about
MENUS_OF_DAGS = frozenset(
    {
        *("Airflow", "DagModelView", "Browse", "DAG Runs", "DagRunModelView"),
        *("Task Instances", "TaskInstanceModelView", "SLA Misses", "SlaMissModelView"),
        *("Jobs", "JobModelView", "Logs", "LogModelView"),
        *("Docs", "Documentation", "GitHub", "About", "Version", "VersionView"),
    }
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)


def matches(dag_id: str, pattern: str) -> bool:
    """Say whether a DAG id fits a pattern, in which `*` stands for any characters."""
    return _compiled(pattern).fullmatch(dag_id) is not None


@dataclass(frozen=True)
class Rights:
    """Every one of `actions` on every one of `menus`.

    Attributes:
        actions: permission names of the manual, such as can_trigger.
        menus: view menus, such as DagRunModelView.
        dag: the pattern of the DAGs that it is limited to; None = not limited.
        role: through which role it is held.
    """

    actions: frozenset[str]
    menus: frozenset[str]
    dag: str | None = None
    role: str = ""

    def allows(self, action: str, menu: str, dag_id: str | None = None) -> bool:
        """Say whether the action is allowed on a view menu, of one DAG where that is named."""
        if action not in self.actions or menu not in self.menus:
            return False
        return menu in MENUS_OF_DAGS or self.dag is None if dag_id is None else self.fits(dag_id)

    def fits(self, dag_id: str) -> bool:
        """Say whether these rights are about a DAG."""
        return self.dag is None or matches(dag_id, self.dag)


def scope_of(held: Collection[Rights], action: str, menu: str) -> DagScope:
    """Return the DAGs on which an action is held: patterns, or None for all."""
    found = [one for one in held if action in one.actions and menu in one.menus]
    if any(one.dag is None for one in found):
        return None
    return tuple(dict.fromkeys(one.dag for one in found if one.dag is not None))


def both(one: DagScope, other: DagScope) -> DagScope:
    """Return the DAGs that are in both scopes."""
    if one is None or other is None:
        return other if one is None else one
    return tuple(dict.fromkeys(_together(p, q) for p in one for q in other))


def _together(one: Pattern, other: Pattern) -> Pattern:
    parts = dict.fromkeys((*_parts(one), *_parts(other)))
    return next(iter(parts)) if len(parts) == 1 else tuple(parts)


def _parts(pattern: Pattern) -> tuple[str, ...]:
    return (pattern,) if isinstance(pattern, str) else pattern
