"""Label: a text on the edges of a graph: `a >> Label("when empty") >> b`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from couture_operators import validation
from couture_operators.relations import DependencyMixin, Node, nodes

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator


class EdgeModifier(DependencyMixin):
    """Stands between two ends of a dependency and gives the edges between them a text."""

    def __init__(self, label: str | None = None):
        self.label = validation.optional_text("Label", "label", label)
        self._before: list[Node] = []
        self._after: list[Node] = []

    @property
    def roots(self) -> list[BaseOperator]:
        """The tasks that the labelled edges lead to."""
        return [task for node in self._after for task in node.roots]

    @property
    def leaves(self) -> list[BaseOperator]:
        """The tasks that the labelled edges come from."""
        return [task for node in self._before for task in node.leaves]

    def set_upstream(self, other: Any, edge_modifier: Any = None) -> None:
        """Let the edges come from there; they are made once both ends are known."""
        for node in nodes(other):
            self._before.append(node)
            for after in self._after:
                node.set_downstream(after, edge_modifier=self)

    def set_downstream(self, other: Any, edge_modifier: Any = None) -> None:
        """Let the edges lead there; they are made once both ends are known."""
        for node in nodes(other):
            self._after.append(node)
            for before in self._before:
                before.set_downstream(node, edge_modifier=self)

    def update_relative(
        self, other: Node, upstream: bool = True, edge_modifier: Any = None
    ) -> None:
        """Take the other end of a dependency that was stated from its side."""
        (self.set_upstream if upstream else self.set_downstream)(other)

    def note(self, before: Node, after: Node) -> None:
        """Give the edges between two ends this text."""
        for first in before.leaves:
            for second in after.roots:
                first.dag.set_edge_info(first.task_id, second.task_id, {"label": self.label})


def Label(label: str) -> EdgeModifier:  # noqa: N802 - Airflow's name
    """A text for the edges that it stands between."""
    return EdgeModifier(label)
