"""Dynamic task mapping: one task in the DAG, one task instance for each value at run time.

`expand(a=..., b=...)` makes an instance for each combination (the last argument varies fastest),
`expand_kwargs(...)` one for each dict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sized
from typing import TYPE_CHECKING, Any

from couture_operators import validation
from couture_operators.author_callbacks import OF_TASKS
from couture_operators.baseoperator import BaseOperator
from couture_operators.exceptions import (
    AirflowException,
    DagDefinitionError,
    UnmappableXComLengthPushed,
    UnmappableXComTypePushed,
    XComForMappingNotPushed,
)
from couture_operators.expand_input import ExpandInput, is_mappable, product, rows
from couture_operators.operator_meta import argument_names
from couture_operators.taskgroup import mapped_group_of
from couture_operators.trigger_rule import TriggerRule

if TYPE_CHECKING:
    from couture_operators.context import Context
    from couture_operators.dag import DAG
    from couture_operators.taskgroup import TaskGroup

MAX_LENGTH = 1024


class OperatorPartial:
    """An operator with some arguments fixed; `expand` or `expand_kwargs` makes it a task."""

    def __init__(self, operator_class: type[BaseOperator], kwargs: dict[str, Any]):
        self.operator_class, self.kwargs = operator_class, kwargs
        _refuse_strangers(operator_class, "partial", kwargs)

    def expand(self, **mapped: Any) -> MappedOperator:
        """One instance for each combination of the arguments' items."""
        _refuse_strangers(self.operator_class, "expand", mapped)
        expand_input = product(f"{self.operator_class.__name__}.expand", mapped, self.kwargs)
        return self._expand(expand_input)

    def expand_kwargs(self, kwargs: Any, *, strict: bool = True) -> MappedOperator:
        """One instance for each dict; without strict a dict may override a fixed argument."""
        return self._expand(rows(kwargs), strict=strict)

    def _expand(self, expand_input: ExpandInput, strict: bool = True) -> MappedOperator:
        common = argument_names(BaseOperator).keys()
        return MappedOperator(
            operator_class=self.operator_class,
            partial_kwargs=self.kwargs,
            expand_input=expand_input,
            strict=strict,
            **{name: value for name, value in self.kwargs.items() if name in common},
        )

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.kwargs.items())
        return f"{self.operator_class.__name__}.partial({shown})"


class MappedOperator(BaseOperator):
    """A task with an instance for each value; each instance runs as an operator made then."""

    def __init__(
        self,
        *,
        operator_class: type[BaseOperator],
        partial_kwargs: dict[str, Any],
        expand_input: ExpandInput,
        strict: bool = True,
        into: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.operator_class, self.partial_kwargs = operator_class, partial_kwargs
        self.expand_input, self.strict = expand_input, strict
        #: the argument that the values go into (op_kwargs of a `@task`), None = arguments themselves
        self.into = into
        self.custom_operator_name = getattr(operator_class, "custom_operator_name", None)
        self.operator_kind = operator_class.operator_kind  # type: ignore[misc]
        self.template_fields = operator_class.template_fields
        self.template_ext = operator_class.template_ext
        self.ui_color, self.ui_fgcolor = operator_class.ui_color, operator_class.ui_fgcolor  # type: ignore[misc]
        always = self.trigger_rule == TriggerRule.ALWAYS
        if always and next(expand_input.iter_references(), None):
            validation.refuse(
                self._sentence_name,
                "a task that is mapped over results of others cannot have the trigger rule always: "
                "it would start before they are known.",
            )
        if self.task_group and next(self.task_group.iter_mapped_task_groups(), None):
            validation.refuse(
                self._sentence_name,
                "a mapped task cannot be inside a mapped task group; map one of them.",
            )

    @property
    def task_type(self) -> str:
        """The class name of the operator that each instance runs."""
        return self.operator_class.__name__

    @property
    def _triggers_dag(self) -> str | None:
        """The DAG that all instances start runs of."""
        found = self.partial_kwargs.get("trigger_dag_id") or self.partial_kwargs.get("run_dag_id")
        return found if isinstance(found, str) else None

    @property
    def reschedule(self) -> bool:
        """Whether the instances are sensors that give their slot back."""
        return self.partial_kwargs.get("mode") == "reschedule"

    def _wait_for_inputs(self) -> None:
        """Let the task run after those whose results it uses."""
        fixed = {**self.partial_kwargs, "dag": None, "task_group": None}
        self._wait_for_references([fixed.get(name) for name in self.template_fields])
        for task, _ in self.expand_input.iter_references():
            self._wait_for_references(task.output)

    def unmap(self, index: int, context: Context) -> BaseOperator:
        """The operator of one instance; values that came from other tasks are not rendered."""
        values = self.expand_input.values_at(index, context)
        given = values.keys() - self.expand_input.rendered_names()
        fixed = self.partial_kwargs.get(self.into) or {} if self.into else self.partial_kwargs
        if self.strict and (twice := sorted(fixed.keys() & values.keys())):
            raise AirflowException(
                f"{self._sentence_name}: the argument {twice[0]!r} is fixed by partial() and mapped "
                "too."
            )
        kwargs = {**self.partial_kwargs, **values}
        if self.into:
            kwargs = {**self.partial_kwargs, self.into: {**fixed, **values}}
        kwargs |= {"task_id": self.label, "dag": self.dag, "task_group": self.task_group}
        task = self.operator_class.__new__(self.operator_class)  # not made anew: joins no DAG
        task.__init__(**kwargs)
        for name in _OF_THE_GRAPH:
            setattr(task, name, getattr(self, name))
        task._unrendered_values = [values[name] for name in given]
        return task

    def execute(self, context: Context) -> Any:
        """Never called: the instances run the operator itself."""
        raise AirflowException(
            f"{self._sentence_name} is mapped and runs only as one of its instances."
        )


_OF_THE_GRAPH = (
    "task_id",
    "label",
    "_upstream_ids",
    "_downstream_ids",
    "_implied_upstream_ids",
    "_edge_sites",
    "is_setup",
    "is_teardown",
    "on_failure_fail_dagrun",
    "trigger_rule",
    "task_display_name",
    "doc_md",
    "_defined_at",
    *OF_TASKS,
)


def _refuse_strangers(operator: type[BaseOperator], call: str, kwargs: Iterable[str]) -> None:
    known = argument_names(operator)
    if strangers := [name for name in kwargs if name not in known]:
        validation.unknown(f"{operator.__name__}.{call}()", strangers, known)


# What the engine is told of lengths


def length_sources(dag: DAG) -> set[str]:
    """The task_ids whose results others are mapped over, so that their lengths are needed.

    How long the result of a mapped task is the engine knows from the number of its instances.
    """
    inputs = [task.expand_input for task in dag.tasks if isinstance(task, MappedOperator)]
    groups = dag.task_group_dict.values()
    inputs += [group.expand_input for group in groups if group.expand_input is not None]
    return {
        task.task_id
        for found in inputs
        for task, _ in found.iter_references()
        if not has_many_instances(task)
    }


def has_many_instances(task: BaseOperator) -> bool:
    """Whether a task may have several instances in one run."""
    return isinstance(task, MappedOperator) or mapped_group_of(task) is not None


def length_of(task: BaseOperator, result: Any, limit: int = MAX_LENGTH) -> int:
    """The length of a result that other tasks are mapped over.

    Raises:
        AirflowException: it is nothing, has no items, or has more than the limit.
    """
    if result is None:
        raise XComForMappingNotPushed(
            f"Task {task.task_id!r} returned nothing, but other tasks are mapped over its result."
        )
    if not is_mappable(result) or not isinstance(result, Sized):
        raise UnmappableXComTypePushed(
            f"Task {task.task_id!r} returned a {type(result).__name__}; other tasks are mapped over "
            "its result, which must be a list or a dict."
        )
    if len(result) > limit:
        raise UnmappableXComLengthPushed(
            f"Task {task.task_id!r} returned {len(result):,} items; tasks can be mapped over "
            f"{limit:,} at most (max_map_length)."
        )
    return len(result)


def refuse_nested(group: TaskGroup) -> None:
    """Refuse a mapped group inside a mapped group."""
    if group.parent_group and next(group.parent_group.iter_mapped_task_groups(), None):
        raise DagDefinitionError(
            f"TaskGroup {group.group_id!r}: a mapped group cannot be inside another mapped group."
        )
