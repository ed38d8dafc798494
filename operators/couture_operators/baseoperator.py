"""BaseOperator: what every task has, checked when it is made.

`default_args` of the DAG fill every argument that the call leaves out, at each level of a class's
constructors, so that author-written operators get them too.
"""

from __future__ import annotations

import datetime as dt
import inspect
import logging
from abc import ABCMeta
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar

from couture_operators import registry, validation
from couture_operators.exceptions import DagDefinitionError
from couture_operators.relations import DependencyMixin
from couture_operators.trigger_rule import TriggerRule, WeightRule

if TYPE_CHECKING:
    from couture_operators.context import Context
    from couture_operators.dag import DAG

CALLBACKS = (
    "on_execute_callback",
    "on_success_callback",
    "on_failure_callback",
    "on_retry_callback",
    "on_skipped_callback",
)


class OperatorMeta(ABCMeta):
    """Gives constructors the DAG's default_args and adds the finished task to its DAG."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any):
        """Make an operator class whose own constructor knows default_args."""
        if "__init__" in namespace:
            namespace["__init__"] = _with_default_args(namespace["__init__"])
        return super().__new__(mcls, name, bases, namespace, **kwargs)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make a task; it joins its DAG only once its constructor is through."""
        if args:
            raise TypeError(
                f"{cls.__name__} takes its arguments by name: {cls.__name__}(task_id=..., ...)."
            )
        line = registry.definition_site()
        task = super().__call__(**kwargs)
        task._defined_at = line
        if task._dag is not None:
            task._dag.add_task(task)
        return task


def _with_default_args(init: Callable[..., None]) -> Callable[..., None]:
    named = {
        name: parameter
        for name, parameter in list(inspect.signature(init).parameters.items())[1:]
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }
    required = [name for name, parameter in named.items() if parameter.default is parameter.empty]

    @wraps(init)
    def filled(self: Any, *args: Any, **kwargs: Any) -> None:
        defaults = self.__dict__.setdefault("_default_args", None)
        if defaults is None:
            defaults = self._default_args = _default_args(kwargs)
        given = {*kwargs, *list(named)[: len(args)]}
        kwargs |= {n: defaults[n] for n in named if n in defaults and n not in given}
        if missing := [n for n in required if n not in kwargs and n not in given]:
            raise TypeError(f"{_where(self, kwargs)} needs the argument {missing[0]!r}.")
        init(self, *args, **kwargs)

    return filled


def _default_args(kwargs: dict[str, Any]) -> dict[str, Any]:
    dag = kwargs.get("dag") or registry.current_dag()
    return {**getattr(dag, "default_args", {}), **(kwargs.get("default_args") or {})}


def _where(task: Any, kwargs: dict[str, Any]) -> str:
    dag = kwargs.get("dag") or registry.current_dag()
    name = (
        f"{type(task).__name__} {kwargs['task_id']!r}"
        if "task_id" in kwargs
        else (type(task).__name__)
    )
    return f"{name} of DAG {dag.dag_id!r}" if dag is not None else name


class BaseOperator(DependencyMixin, metaclass=OperatorMeta):
    """One task of a DAG. Subclasses say in `execute(context)` what it does.

    `resources`, `run_as_user`, `executor` and `executor_config` are accepted for existing files and
    have no effect: the account that saved the file decides who runs it, the queue decides where.
    """

    template_fields: Sequence[str] = ()
    template_ext: Sequence[str] = ()
    template_fields_renderers: ClassVar[dict[str, str]] = {}
    ui_color: ClassVar[str] = "#fff"
    ui_fgcolor: ClassVar[str] = "#000"
    #: bash, python, notebook, spark, dag, sensor, mail, branch, empty or other: chooses the icon
    operator_kind: ClassVar[str] = "other"

    def __init__(
        self,
        *,
        task_id: str,
        dag: DAG | None = None,
        default_args: dict[str, Any] | None = None,
        description: str | None = None,
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
        ignore_first_depends_on_past: bool = True,
        params: dict[str, Any] | None = None,
        priority_weight: int = 1,
        weight_rule: str = WeightRule.DOWNSTREAM,
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
        trigger_rule: str = TriggerRule.ALL_SUCCESS,
        max_active_tis_per_dag: int | None = None,
        task_concurrency: int | None = None,
        do_xcom_push: bool = True,
        inlets: Any = None,
        outlets: Any = None,
        resources: Any = None,
        run_as_user: str | None = None,
        executor: str | None = None,
        executor_config: dict[str, Any] | None = None,
        **unknown: Any,
    ):
        self.task_id = validation.identifier("The task_id", task_id)
        self._dag: DAG | None = dag or registry.current_dag()
        self.upstream_ids: dict[str, None] = {}
        self.downstream_ids: dict[str, None] = {}
        self._defined_at: tuple[str | None, int | None] = (None, None)
        where = self.where
        if unknown:
            validation.unknown(where, unknown, _argument_names(type(self)))

        self.description = validation.optional_text(where, "description", description)
        self.doc, self.doc_json, self.doc_yaml, self.doc_rst = doc, doc_json, doc_yaml, doc_rst
        self.doc_md = validation.optional_text(where, "doc_md", doc_md)
        self.owner = validation.text(where, "owner", owner)
        self.email = validation.texts(where, "email", email, split="[,;]")
        self.email_on_retry = validation.flag(where, "email_on_retry", email_on_retry)
        self.email_on_failure = validation.flag(where, "email_on_failure", email_on_failure)

        self.retries = validation.whole(where, "retries", retries or 0, 0)
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
        self.ignore_first_depends_on_past = ignore_first_depends_on_past
        self.trigger_rule = _member(where, "trigger_rule", TriggerRule, trigger_rule)

        self.priority_weight = validation.whole(where, "priority_weight", priority_weight)
        self.weight_rule = _member(where, "weight_rule", WeightRule, weight_rule)
        self.queue = validation.text(where, "queue", queue)
        self.pool = validation.text(where, "pool", pool or "default_pool")
        self.pool_slots = validation.whole(where, "pool_slots", pool_slots, 1)
        self.max_active_tis_per_dag = validation.limit(
            where, "max_active_tis_per_dag", max_active_tis_per_dag or task_concurrency
        )
        self.sla = validation.duration(where, "sla", sla, zero=False)
        self.execution_timeout = validation.duration(
            where, "execution_timeout", execution_timeout, zero=False
        )

        self.params = validation.mapping(where, "params", params)
        self.do_xcom_push = validation.flag(where, "do_xcom_push", do_xcom_push)
        self.inlets, self.outlets = _as_list(inlets), _as_list(outlets)
        self.resources, self.run_as_user = resources, run_as_user
        self.executor, self.executor_config = executor, executor_config or {}
        self.callbacks: dict[str, list[Callable[..., Any]]] = {
            name: validation.callbacks(where, name, value)
            for name, value in (
                ("on_execute_callback", on_execute_callback),
                ("on_success_callback", on_success_callback),
                ("on_failure_callback", on_failure_callback),
                ("on_retry_callback", on_retry_callback),
                ("on_skipped_callback", on_skipped_callback),
            )
        }

    # What subclasses and authors override

    def execute(self, context: Context) -> Any:
        """Do the task's work; what it returns is pushed as an XCom."""
        raise NotImplementedError(f"{type(self).__name__} has no execute method.")

    def pre_execute(self, context: Context) -> None:
        """Called right before `execute`, with the fields already rendered."""

    def post_execute(self, context: Context, result: Any = None) -> None:
        """Called right after `execute`, with what it returned."""

    def on_kill(self) -> None:
        """Called when the attempt is stopped or runs into its timeout: end what you started."""

    def prepare_template(self) -> None:
        """Called before the fields are rendered."""

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
            validation.refuse(self.where, f"the task cannot move to DAG {dag.dag_id!r}.")
        self._dag = dag
        dag.add_task(self)

    def has_dag(self) -> bool:
        """Whether the task belongs to a DAG."""
        return self._dag is not None

    @property
    def where(self) -> str:
        """How sentences name this task: its class, task_id and DAG."""
        name = f"{type(self).__name__} {self.task_id!r}"
        return f"{name} of DAG {self._dag.dag_id!r}" if self._dag is not None else name

    @property
    def dag_id(self) -> str:
        """The DAG's dag_id."""
        return self.dag.dag_id

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
        return set(self.upstream_ids)

    @property
    def downstream_task_ids(self) -> set[str]:
        """The task_ids directly after this."""
        return set(self.downstream_ids)

    @property
    def upstream_list(self) -> list[BaseOperator]:
        """The tasks directly before this."""
        return [self.dag.task_dict[task_id] for task_id in self.upstream_ids]

    @property
    def downstream_list(self) -> list[BaseOperator]:
        """The tasks directly after this."""
        return [self.dag.task_dict[task_id] for task_id in self.downstream_ids]

    def get_flat_relative_ids(self, upstream: bool = False) -> set[str]:
        """The task_ids of all tasks after (or before) this, however far."""
        found: set[str] = set()
        todo = [self.task_id]
        while todo:
            task = self.dag.task_dict[todo.pop()]
            near = (task.upstream_ids if upstream else task.downstream_ids).keys() - found
            found |= near
            todo.extend(near)
        return found

    @property
    def task_type(self) -> str:
        """The operator's class name."""
        return type(self).__name__

    @property
    def line(self) -> int | None:
        """The line of the DAG file that made the task, None when another file did."""
        file, line = self._defined_at
        return line if self._dag is None or file == self._dag.fileloc else None

    @property
    def log(self) -> logging.Logger:
        """The task's logger; what it logs stands in the attempt's log."""
        return logging.getLogger("airflow.task.operators")

    def __repr__(self) -> str:
        return f"<Task({self.task_type}): {self.task_id}>"


def _member(where: str, name: str, kind: type[TriggerRule] | type[WeightRule], value: Any) -> str:
    try:
        return str(kind(value))
    except ValueError:
        known = ", ".join(kind)
        validation.refuse(where, f"{name} {value!r} does not exist; the rules are {known}.")


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _argument_names(operator: type) -> list[str]:
    return [
        name
        for level in operator.__mro__
        if "__init__" in vars(level)
        for name in inspect.signature(vars(level)["__init__"]).parameters
        if name not in ("self", "args", "kwargs", "unknown")
    ]


def apply_defaults(init: Callable[..., None]) -> Callable[..., None]:
    """Airflow 1.10's decorator of constructors; every operator here gets default_args anyway."""
    return init
