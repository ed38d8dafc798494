"""DAG: a named graph of tasks with a schedule, checked when it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import jinja2

from couture_operators import registry, validation
from couture_operators.author_callbacks import AuthorCallback
from couture_operators.dag_calendar import DagCalendar
from couture_operators.dag_graph import DagGraph
from couture_operators.dag_runs import DagRuns
from couture_operators.dates import zone_name
from couture_operators.params import DagParam, ParamsAttribute, declared_in
from couture_operators.schedule import Schedule, parse_schedule

_UNSET: Any = object()
_IGNORED = {"default_view", "orientation", "full_filepath", "disable_bundle_versioning"}


class DAG(DagGraph, DagCalendar, DagRuns):
    """A directed acyclic graph of tasks.

    Without a schedule a DAG runs only when it is triggered. `catchup=None` leaves the choice to the
    installation. `couture` carries data of this product along with the DAG, such as how many runs
    are kept: {"keep_days": 30, "keep_runs": 100}. `fresh_interpreter`
    runs its tasks in new interpreters instead of forks, for libraries that do not survive a fork.
    `default_view`, `orientation`, `full_filepath`, `access_control` and
    `max_consecutive_failed_dag_runs` are accepted for existing files and have no effect.
    """

    on_success_callback = AuthorCallback()
    on_failure_callback = AuthorCallback()
    sla_miss_callback = AuthorCallback()
    params: ParamsAttribute = ParamsAttribute()

    def __init__(
        self,
        dag_id: str,
        description: str | None = None,
        schedule: Any = _UNSET,
        start_date: dt.datetime | None = None,
        end_date: dt.datetime | None = None,
        template_searchpath: str | Iterable[str] | None = None,
        template_undefined: type[jinja2.Undefined] = jinja2.Undefined,
        user_defined_macros: dict[str, Any] | None = None,
        user_defined_filters: dict[str, Callable[..., Any]] | None = None,
        default_args: dict[str, Any] | None = None,
        *,
        schedule_interval: Any = _UNSET,
        concurrency: int | None = None,
        max_active_tasks: int | None = None,
        max_active_runs: int | None = None,
        dagrun_timeout: dt.timedelta | float | None = None,
        sla_miss_callback: Any = None,
        on_success_callback: Any = None,
        on_failure_callback: Any = None,
        catchup: bool | None = None,
        doc_md: str | None = None,
        params: dict[str, Any] | None = None,
        tags: Iterable[str] | None = None,
        is_paused_upon_creation: bool | None = None,
        jinja_environment_kwargs: dict[str, Any] | None = None,
        render_template_as_native_obj: bool = False,
        dag_display_name: str | None = None,
        auto_register: bool = True,
        fail_stop: bool = False,
        fail_fast: bool = False,
        max_consecutive_failed_dag_runs: int = 0,
        timetable: Any = None,
        access_control: dict[str, Any] | None = None,
        owner_links: dict[str, str] | None = None,
        fresh_interpreter: bool = False,
        couture: dict[str, Any] | None = None,
        **unknown: Any,
    ):
        self.dag_id = validation.identifier("The dag_id", dag_id)
        where = self._sentence_name
        if unexpected := unknown.keys() - _IGNORED:
            validation.unknown(where, sorted(unexpected), DAG.__init__.__annotations__)
        self._defined_at = registry.definition_site()
        self.parent_dag: DAG | None = None
        self._start_graph()
        self.auto_register = auto_register

        self.description = validation.optional_text(where, "description", description)
        self._display_name = validation.optional_text(where, "dag_display_name", dag_display_name)
        self.tags = sorted(set(validation.texts(where, "tags", tags)))
        self.default_args = validation.mapping(where, "default_args", default_args)
        of_tasks = declared_in(where, self.default_args.pop("params", None))
        self.params = of_tasks | declared_in(where, params)

        start = start_date or self.default_args.get("start_date")
        self.start_date = validation.moment(where, "start_date", start)
        self.end_date = validation.moment(
            where, "end_date", end_date or self.default_args.get("end_date")
        )
        self.timezone = zone_name(self.start_date.tzinfo if self.start_date else None)
        self.schedule: Schedule = parse_schedule(
            where, _one_schedule(where, schedule, schedule_interval, timetable), self.timezone
        )
        self.catchup = _optional_flag(where, "catchup", catchup)
        self.is_paused_upon_creation = _optional_flag(
            where, "is_paused_upon_creation", is_paused_upon_creation
        )
        self.max_active_tasks = validation.limit(
            where, "max_active_tasks", max_active_tasks or concurrency
        )
        self.max_active_runs = validation.limit(where, "max_active_runs", max_active_runs)
        self.dagrun_timeout = validation.duration(
            where, "dagrun_timeout", dagrun_timeout, zero=False
        )
        self.on_success_callback = on_success_callback
        self.on_failure_callback = on_failure_callback
        self.sla_miss_callback = sla_miss_callback

        self.template_searchpath = validation.texts(
            where, "template_searchpath", template_searchpath
        )
        self.doc_md = _text_or_file(
            validation.optional_text(where, "doc_md", doc_md),
            [self.folder, *self.template_searchpath],
        )
        self.template_undefined = template_undefined
        self.user_defined_macros = validation.mapping(
            where, "user_defined_macros", user_defined_macros
        )
        self.user_defined_filters = validation.mapping(
            where, "user_defined_filters", user_defined_filters
        )
        self.jinja_environment_kwargs = validation.mapping(
            where, "jinja_environment_kwargs", jinja_environment_kwargs
        )
        self.render_template_as_native_obj = validation.flag(
            where, "render_template_as_native_obj", render_template_as_native_obj
        )
        self.fail_stop = validation.flag(where, "fail_stop", fail_stop or fail_fast)
        self.max_consecutive_failed_dag_runs = validation.whole(
            where, "max_consecutive_failed_dag_runs", max_consecutive_failed_dag_runs, 0
        )
        self.access_control, self.owner_links = access_control, owner_links or {}
        self.fresh_interpreter = validation.flag(where, "fresh_interpreter", fresh_interpreter)
        self.couture = _for_couture(where, couture)

    def __enter__(self) -> DAG:
        registry.enter(self)
        return self

    def __exit__(self, *_: object) -> None:
        registry.leave()

    @property
    def fileloc(self) -> str | None:
        """The path of the file that defined the DAG."""
        return self._defined_at[0]

    @property
    def _defined_line(self) -> int | None:
        """The line of `DAG(...)` in its file."""
        return self._defined_at[1]

    @property
    def folder(self) -> str:
        """The folder of the DAG's file."""
        return str(Path(self.fileloc or ".").parent)

    def param(self, name: str, default: Any = _UNSET) -> DagParam:
        """A param to be passed to tasks; a default declares it."""
        return DagParam(self, name) if default is _UNSET else DagParam(self, name, default)

    @property
    def dag_display_name(self) -> str:
        """The name for people: the dag_id where none was given."""
        return self._display_name or self.dag_id

    @property
    def owner(self) -> str:
        """The owners of the tasks, separated by commas."""
        return ", ".join(self.owners)

    @property
    def concurrency(self) -> int | None:
        """The older name of max_active_tasks."""
        return self.max_active_tasks

    @property
    def is_subdag(self) -> bool:
        """Whether a SubDagOperator of `parent_dag` starts this DAG."""
        return self.parent_dag is not None

    @property
    def subdags(self) -> list[DAG]:
        """The DAGs of this one's SubDagOperators, and of those inside them."""
        near = [getattr(task, "subdag", None) for task in self.tasks]
        return [found for dag in near if isinstance(dag, DAG) for found in (dag, *dag.subdags)]

    def get_template_env(self, *, force_sandboxed: bool = False) -> jinja2.Environment:
        """The Jinja environment of the DAG's templates; there is no sandbox."""
        from couture_operators.templating import make_environment, stored_template

        return make_environment(self, stored_template)

    def test(
        self,
        execution_date: dt.datetime | None = None,
        run_conf: dict[str, Any] | None = None,
        conn_file_path: str | None = None,
        variable_file_path: str | None = None,
        use_executor: bool = False,
        mark_success_pattern: str | None = None,
        *,
        logical_date: dt.datetime | None = None,
    ) -> Any:
        """Run the DAG once in this process, where a debugger's breakpoints work.

        Nothing is stored or sent, and nobody waits: retries, sensors and deferred tasks go on at
        once. `use_executor` is accepted and has no effect. Returns the run: its `state` and
        `get_task_instances()`.
        """
        from couture_operators import try_out  # its imports are none of a task's process

        return try_out.test_dag(
            self,
            logical_date or execution_date,
            run_conf,
            connection_file=conn_file_path,
            variable_file=variable_file_path,
            mark_success=mark_success_pattern,
        )

    def cli(self) -> None:
        """Obey the command line: `python my_dag.py list-tasks|show|render|test|run`."""
        from couture_operators import try_out

        try_out.run_cli(self)

    def __repr__(self) -> str:
        return f"<DAG: {self.dag_id}>"


def _one_schedule(where: str, schedule: Any, schedule_interval: Any, timetable: Any) -> Any:
    named = {"schedule": schedule, "schedule_interval": schedule_interval}
    stated = {name: value for name, value in named.items() if value is not _UNSET}
    if timetable is not None:
        stated["timetable"] = timetable
    if len(stated) > 1:
        raise TypeError(f"{where} has both {' and '.join(stated)}; state one of them.")
    return next(iter(stated.values()), None)


def _optional_flag(where: str, name: str, value: Any) -> bool | None:
    return None if value is None else validation.flag(where, name, value)


def _for_couture(where: str, couture: Any) -> dict[str, Any]:
    found = validation.mapping(where, "couture", couture)
    for name in found.keys() & {"keep_days", "keep_runs"}:
        validation.whole(where, f"couture[{name!r}]", found[name], 0)
    return found


def _text_or_file(text: str | None, folders: Iterable[str]) -> str | None:
    """The text, or the content of the file that it names: one line that ends in `.md`."""
    if text is None or not text.endswith(".md") or "\n" in text:
        return text
    for folder in folders:
        path = Path(folder, text)
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return text


__all__: Sequence[str] = ["DAG"]
