"""Plans of DAG versions, kept in memory: a version never changes."""

from collections import OrderedDict

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import NotFound
from couture_scheduler.rules.plan import Plan, build_plan
from couture_scheduler.store import dags

_SIZE = 200


class Plans:
    """Least recently used cache of plans by dag_version id."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Plan] = OrderedDict()

    def get(self, tx: Tx, version_id: int) -> Plan:
        """Return the plan of a version."""
        plan = self._kept.get(version_id)
        if plan is None:
            plan = self._kept[version_id] = load_plan(tx, version_id)
            if len(self._kept) > _SIZE:
                self._kept.popitem(last=False)
        self._kept.move_to_end(version_id)
        return plan


def load_plan(tx: Tx, version_id: int) -> Plan:
    """Read and build one plan."""
    row = dags.find_version(tx, version_id)
    if row is None:
        raise NotFound(f"There is no DAG version with id {version_id}.")
    return build_plan(row.dag_id, row.id, row.file_version_id, row.data)
