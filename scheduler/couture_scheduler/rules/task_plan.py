"""One task of a DAG version as the rules see it."""

from dataclasses import dataclass
from typing import Any

from couture_scheduler.rules.mapping import Scope


@dataclass(frozen=True)
class TaskPlan:
    """One task of a DAG version; `data` is its serialized form.

    Attributes:
        scopes: what maps it, from the outermost group to its own `expand`.
        setups: the setups in whose scope it stands and that are not directly above it.
    """

    task_id: str
    upstream: tuple[str, ...]
    downstream: tuple[str, ...]
    trigger_rule: str
    depends_on_past: bool
    wait_for_downstream: bool
    data: dict[str, Any]
    scopes: tuple[Scope, ...] = ()
    is_setup: bool = False
    is_teardown: bool = False
    on_failure_fail_dagrun: bool = False
    setups: tuple[str, ...] = ()

    @property
    def is_mapped(self) -> bool:
        """Whether it maps itself; one that only stands in a mapped group does not."""
        return bool(self.data.get("mapped"))

    @property
    def stands_in_mapped_group(self) -> bool:
        """Whether the group that it is directly in is mapped."""
        group = self.data.get("group")
        return group is not None and any(one.name == f"group {group}" for one in self.scopes)
