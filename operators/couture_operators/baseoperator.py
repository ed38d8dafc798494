"""BaseOperator: what every task has, checked when it is made."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from couture_operators import validation
from couture_operators.author_callbacks import AuthorCallback
from couture_operators.deferral import DeferrableMixin
from couture_operators.exceptions import DagDefinitionError
from couture_operators.operator_meta import OperatorMeta, dag_of, refuse_unknown
from couture_operators.params import ParamsAttribute, declared_in
from couture_operators.relations import link
from couture_operators.resolving import references_in
from couture_operators.setup_teardown import SetupTeardownMixin
from couture_operators.task_templates import TaskTemplates
from couture_operators.taskgroup import current_group
from couture_operators.trigger_rule import TriggerRule, WeightRule
from couture_operators.weights import PriorityWeightStrategy, rule_of

if TYPE_CHECKING:
    from couture_operators.context import Context
    from couture_operators.dag import DAG
    from couture_operators.mapping import OperatorPartial
    from couture_operators.taskgroup import TaskGroup
    from couture_operators.xcom_arg import PlainXComArg


class BaseOperator(DeferrableMixin, SetupTeardownMixin, TaskTemplates, metaclass=OperatorMeta):
    """One task of a DAG. Subclasses say in `execute(context)` what it does.

    `resources`, `run_as_user`, `executor`, `executor_config`, `logger_name`, `schedule_interval` and
    `allow_nested_operators` are accepted for existing files and have no effect: the account that
    saved the file decides who runs it, the queue decides where.
    """

    template_fields: Sequence[str] = ()
    template_ext: Sequence[str] = ()
    template_fields_renderers: ClassVar[dict[str, str]] = {}
    ui_color: ClassVar[str] = "#fff"
    ui_fgcolor: ClassVar[str] = "#000"
    #: values of a mapped instance that are not rendered: they came from other tasks
    _unrendered_values: Sequence[Any] = ()
    #: bash, python, notebook, spark, dag, sensor, mail, branch, empty or other: chooses the icon
    operator_kind: ClassVar[str] = "other"
    #: accepted for existing files; links are not shown
    operator_extra_links: Sequence[Any] = ()

    on_execute_callback = AuthorCallback()
    on_success_callback = AuthorCallback()
    on_failure_callback = AuthorCallback()
    on_retry_callback = AuthorCallback()
    on_skipped_callback = AuthorCallback()
    params: ParamsAttribute = ParamsAttribute()

    def __init__(
        self,
        *,
        task_id: str,
        dag: DAG | None = None,
        task_group: TaskGroup | None = None,
        default_args: dict[str, Any] | None = None,
        description: str | None = None,
        task_display_name: str | None = None,
        doc: str | None = None,
        doc_md: str | None = None,
        doc_json: str | None = None,
        doc_yaml: str | None = None,
        doc_rst: str | None = None,
        owner: str = "couture",
        email: str | Sequence[str] | None = None,
        email_on_retry: bool = True,
        email_on_failure: bool = True,
        retries: int | None = 0,
        retry_delay: dt.timedelta | float = dt.timedelta(minutes=5),
        retry_exponential_backoff: bool = False,
        max_retry_delay: dt.timedelta | float | None = None,
        retry_if_lost: bool = True,
        start_date: dt.datetime | None = None,
        end_date: dt.datetime | None = None,
        depends_on_past: bool = False,
        wait_for_downstream: bool = False,
        wait_for_past_depends_before_skipping: bool = False,
        ignore_first_depends_on_past: bool = True,
        params: dict[str, Any] | None = None,
        priority_weight: int = 1,
        weight_rule: str | PriorityWeightStrategy = WeightRule.DOWNSTREAM,
        queue: str = "default",
        pool: str | None = None,
        pool_slots: int = 1,
        sla: dt.timedelta | float | None = None,
        execution_timeout: dt.timedelta | float | None = None,
        on_execute_callback: Any = None,
        on_success_callback: Any = None,
        on_failure_callback: Any = None,
        on_retry_callback: Any = None,
        on_skipped_callback: Any = None,
        pre_execute: Callable[..., Any] | None = None,
        post_execute: Callable[..., Any] | None = None,
        trigger_rule: str = TriggerRule.ALL_SUCCESS,
        max_active_tis_per_dag: int | None = None,
        max_active_tis_per_dagrun: int | None = None,
        task_concurrency: int | None = None,
        map_index_template: str | None = None,
        do_xcom_push: bool = True,
        multiple_outputs: bool = False,
        inlets: Any = None,
        outlets: Any = None,
        resources: Any = None,
        run_as_user: str | None = None,
        executor: str | None = None,
        executor_config: dict[str, Any] | None = None,
        logger_name: str | None = None,
        allow_nested_operators: bool = True,
        schedule_interval: Any = None,
        **unknown: Any,
    ):
        self._dag: DAG | None = dag_of({"dag": dag, "task_group": task_group})
        self.task_group: TaskGroup | None = task_group
        if self._dag is not None and task_group is None:
            self.task_group = current_group(self._dag)
        self.label = validation.identifier("The task_id", task_id)
        self.task_id = self.task_group.child_id(task_id) if self.task_group else self.label
        if self.task_id != self.label:
            validation.identifier("The task_id", self.task_id)
        self._upstream_ids: dict[str, None] = {}
        self._downstream_ids: dict[str, None] = {}
        #: those of upstream_ids that nobody stated: they follow from arguments or groups
        self._implied_upstream_ids: set[str] = set()
        self._edge_sites: dict[str, Any] = {}
        self._defined_at: tuple[str | None, int | None] = (None, None)
        where = self._sentence_name
        refuse_unknown(where, type(self), unknown)

        self._description_text = validation.optional_text(where, "description", description)
        self.task_display_name = task_display_name or self.task_id
        self.doc, self.doc_json, self.doc_yaml, self.doc_rst = doc, doc_json, doc_yaml, doc_rst
        self.doc_md = validation.optional_text(where, "doc_md", doc_md)
        self.owner = validation.text(where, "owner", owner)
        self.email = validation.texts(where, "email", email, split="[,;]")
        self.email_on_retry = validation.flag(where, "email_on_retry", email_on_retry)
        self.email_on_failure = validation.flag(where, "email_on_failure", email_on_failure)

        self.retries = validation.retries(where, retries)
        self.retry_delay = validation.duration(where, "retry_delay", retry_delay) or dt.timedelta()
        self.retry_exponential_backoff = validation.flag(
            where, "retry_exponential_backoff", retry_exponential_backoff
        )
        self.max_retry_delay = validation.duration(where, "max_retry_delay", max_retry_delay)
        self.retry_if_lost = validation.flag(where, "retry_if_lost", retry_if_lost)

        self.start_date = validation.moment(where, "start_date", start_date)
        self.end_date = validation.moment(where, "end_date", end_date)
        self.wait_for_downstream = validation.flag(
            where, "wait_for_downstream", wait_for_downstream
        )
        self.depends_on_past = (
            validation.flag(where, "depends_on_past", depends_on_past) or self.wait_for_downstream
        )
        self.wait_for_past_depends_before_skipping = wait_for_past_depends_before_skipping
        self.ignore_first_depends_on_past = ignore_first_depends_on_past
        self.trigger_rule = _trigger_rule(where, trigger_rule)

        self.priority_weight = validation.whole(where, "priority_weight", priority_weight)
        self.weight_rule, self._weight_strategy = rule_of(where, weight_rule)
        self.queue = validation.text(where, "queue", queue)
        self.pool = validation.text(where, "pool", pool or "default_pool")
        self.pool_slots = validation.whole(where, "pool_slots", pool_slots, 1)
        self.max_active_tis_per_dag = validation.limit(
            where, "max_active_tis_per_dag", max_active_tis_per_dag or task_concurrency
        )
        self.max_active_tis_per_dagrun = validation.limit(
            where, "max_active_tis_per_dagrun", max_active_tis_per_dagrun
        )
        self.map_index_template = map_index_template
        self.sla = validation.duration(where, "sla", sla, zero=False)
        self.execution_timeout = validation.duration(
            where, "execution_timeout", execution_timeout, zero=False
        )

        of_dag = self._dag.params.declared() if self._dag is not None else {}
        self.params = {**of_dag, **declared_in(where, params)}
        self.multiple_outputs = validation.flag(where, "multiple_outputs", multiple_outputs)
        self.do_xcom_push = validation.flag(where, "do_xcom_push", do_xcom_push)
        self.inlets, self.outlets = _as_list(inlets), _as_list(outlets)
        self.resources, self.run_as_user = resources, run_as_user
        self.executor, self.executor_config = executor, executor_config or {}
        self.on_execute_callback = on_execute_callback
        self.on_success_callback = on_success_callback
        self.on_failure_callback = on_failure_callback
        self.on_retry_callback = on_retry_callback
        self.on_skipped_callback = on_skipped_callback
        self._pre_execute_hook, self._post_execute_hook = pre_execute, post_execute

    # What subclasses and authors override

    def execute(self, context: Context) -> Any:
        """Do the task's work; what it returns is pushed as an XCom."""
        raise NotImplementedError(f"{type(self).__name__} has no execute method.")

    def pre_execute(self, context: Context) -> None:
        """Called right before `execute`, with the fields already rendered."""
        if self._pre_execute_hook is not None:
            self._pre_execute_hook(context)

    def post_execute(self, context: Context, result: Any = None) -> None:
        """Called right after `execute`, with what it returned."""
        if self._post_execute_hook is not None:
            self._post_execute_hook(context, result)

    def on_kill(self) -> None:
        """Called when the attempt is stopped or runs into its timeout: end what you started."""

    # Mapping and values

    @classmethod
    def partial(cls, **kwargs: Any) -> OperatorPartial:
        """Fix some arguments; `.expand(...)` then makes one task instance for each value."""
        from couture_operators.mapping import OperatorPartial

        return OperatorPartial(cls, kwargs)

    @property
    def output(self) -> PlainXComArg:
        """What the task will return, to be passed to other tasks."""
        from couture_operators.xcom_arg import PlainXComArg

        return PlainXComArg(self)

    def _wait_for_inputs(self) -> None:
        """Let the task run after those whose results its template fields use."""
        for field in self.template_fields:
            self._wait_for_references(getattr(self, field, None))

    def _wait_for_references(self, value: Any) -> None:
        """Let the task run after all tasks whose results a value is made of."""
        for task, _ in references_in(value):
            if task is not self:
                link(task, self, implied=True)

    # The task in its DAG

    @property
    def dag(self) -> DAG:
        """The task's DAG; raises a sentence when it has none yet."""
        if self._dag is None:
            raise DagDefinitionError(f"Task {self.task_id!r} belongs to no DAG yet.")
        return self._dag

    @dag.setter
    def dag(self, dag: DAG) -> None:
        if self._dag is not None and self._dag is not dag:
            validation.refuse(self._sentence_name, f"the task cannot move to DAG {dag.dag_id!r}.")
        self._dag = dag
        dag.add_task(self)

    def get_dag(self) -> DAG | None:
        """The task's DAG, None when it has none yet."""
        return self._dag

    def has_dag(self) -> bool:
        """Whether the task belongs to a DAG."""
        return self._dag is not None

    @property
    def _sentence_name(self) -> str:
        """How sentences name this task: its class, task_id and DAG."""
        name = f"{type(self).__name__} {self.task_id!r}"
        return f"{name} of DAG {self._dag.dag_id!r}" if self._dag is not None else name

    @property
    def dag_id(self) -> str:
        """The DAG's dag_id."""
        return self.dag.dag_id

    _is_single = True

    @property
    def node_id(self) -> str:
        """The task_id."""
        return self.task_id

    @property
    def roots(self) -> Sequence[BaseOperator]:
        """The task itself."""
        return [self]

    @property
    def leaves(self) -> Sequence[BaseOperator]:
        """The task itself."""
        return [self]

    @property
    def upstream_task_ids(self) -> set[str]:
        """The task_ids directly before this."""
        return set(self._upstream_ids)

    @property
    def downstream_task_ids(self) -> set[str]:
        """The task_ids directly after this."""
        return set(self._downstream_ids)

    @property
    def upstream_list(self) -> list[BaseOperator]:
        """The tasks directly before this."""
        return [self.dag.task_dict[task_id] for task_id in self._upstream_ids]

    @property
    def downstream_list(self) -> list[BaseOperator]:
        """The tasks directly after this."""
        return [self.dag.task_dict[task_id] for task_id in self._downstream_ids]

    def get_direct_relatives(self, upstream: bool = False) -> list[BaseOperator]:
        """The tasks directly after (or before) this."""
        return self.upstream_list if upstream else self.downstream_list

    def get_direct_relative_ids(self, upstream: bool = False) -> set[str]:
        """The task_ids directly after (or before) this."""
        return set(self._upstream_ids if upstream else self._downstream_ids)

    def get_flat_relatives(self, upstream: bool = False) -> list[BaseOperator]:
        """All tasks after (or before) this, however far."""
        found = self.get_flat_relative_ids(upstream)
        return [task for task in self.dag.tasks if task.task_id in found]

    def get_flat_relative_ids(self, upstream: bool = False) -> set[str]:
        """The task_ids of all tasks after (or before) this, however far."""
        found: set[str] = set()
        todo = [self.task_id]
        while todo:
            task = self.dag.task_dict[todo.pop()]
            near = (task._upstream_ids if upstream else task._downstream_ids).keys() - found
            found |= near
            todo.extend(near)
        return found

    @property
    def task_concurrency(self) -> int | None:
        """The older name of max_active_tis_per_dag."""
        return self.max_active_tis_per_dag

    @property
    def priority_weight_total(self) -> int:
        """The weight with those of the tasks after (or before) it, by the weight_rule."""
        if self.weight_rule == WeightRule.ABSOLUTE:
            return self.priority_weight
        relatives = self.get_flat_relatives(upstream=self.weight_rule == WeightRule.UPSTREAM)
        return self.priority_weight + sum(task.priority_weight for task in relatives)

    @property
    def task_type(self) -> str:
        """The operator's class name."""
        return type(self).__name__

    @property
    def _defined_line(self) -> int | None:
        """The line of the DAG file that made the task, None when another file did."""
        file, line = self._defined_at
        return line if self._dag is None or file == self._dag.fileloc else None

    @property
    def log(self) -> logging.Logger:
        """The task's logger; what it logs stands in the attempt's log."""
        return logging.getLogger("airflow.task.operators")

    def __repr__(self) -> str:
        return f"<Task({self.task_type}): {self.task_id}>"


def _trigger_rule(where: str, value: Any) -> str:
    try:
        return str(TriggerRule(value))
    except ValueError:
        known = ", ".join(TriggerRule)
        validation.refuse(where, f"trigger_rule {value!r} does not exist; the rules are {known}.")


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set) else [value]


def apply_defaults(init: Callable[..., None]) -> Callable[..., None]:
    """Airflow 1.10's decorator of constructors; every operator here gets default_args anyway."""
    return init
