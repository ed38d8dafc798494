"""TaskInstanceKey: what names one attempt of a task."""

from __future__ import annotations

from typing import Any, NamedTuple


class TaskInstanceKey(NamedTuple):
    """The names of a task instance and the number of its try."""

    dag_id: str
    task_id: str
    run_id: str
    try_number: int = 1
    map_index: int = -1

    @property
    def primary(self) -> tuple[str, str, str, int]:
        """The names without the try."""
        return self.dag_id, self.task_id, self.run_id, self.map_index

    @property
    def reduced(self) -> TaskInstanceKey:
        """The key of the try before, 1 at least."""
        return self.with_try_number(max(1, self.try_number - 1))

    def with_try_number(self, try_number: int) -> TaskInstanceKey:
        """The key of another try."""
        return self._replace(try_number=try_number)

    @property
    def key(self) -> TaskInstanceKey:
        """The key itself."""
        return self

    @classmethod
    def from_dict(cls, dictionary: dict[str, Any]) -> TaskInstanceKey:
        """The key of a dict of its fields."""
        return cls(**dictionary)
