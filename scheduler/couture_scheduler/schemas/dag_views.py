"""What Lab shows of DAGs (ours): the list, the page's head, the graph, one task instance."""

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from couture_scheduler.schemas.base import Answer, Query


class RunSummary(Answer):
    """A bar in the list."""

    run_id: str
    state: str
    run_after: datetime
    duration: float | None


class RunView(RunSummary):
    """A run in short."""

    start_date: datetime | None
    end_date: datetime | None


class RunOfGraph(RunView):
    """The run whose states a graph shows."""

    conf: dict[str, Any] | None


class ScheduleView(Answer):
    """A schedule in words and as it was written."""

    text: str
    raw: str | None
    timezone: str


class ImportErrorView(Answer):
    """Why a file could not be imported, and which DAGs still run from an older version of it."""

    import_error_id: int
    filename: str
    line: int | None
    message: str
    stack_trace: str
    timestamp: datetime
    dag_ids: list[str]
    last_good_version: datetime | None


class DagRow(Answer):
    """One DAG in the list.

    Attributes:
        rights: the permissions that who asks holds on it.
    """

    dag_id: str
    rights: list[str]
    display_name: str
    description: str | None
    is_paused: bool
    schedule: ScheduleView
    owners: list[str]
    tags: list[str]
    next_run_after: datetime | None
    file_path: str
    has_import_errors: bool
    is_notebook: bool
    has_params: bool
    last_run: RunView | None
    recent_runs: list[RunSummary]
    task_counts: dict[str, int]
    mine: bool


class DagListQuery(Query):
    """Which page of the list: so many DAGs, by their ids, behind one or from the first on."""

    after: str | None = None
    limit: int = Field(default=50, ge=1, le=1000)


class DagList(Answer):
    """DAGs by their ids.

    Attributes:
        import_errors: why files could not be imported; all of them, with the first page.
        next: what the next page is `after`; None = this is the last one.
    """

    dags: list[DagRow]
    import_errors: list[ImportErrorView]
    next: str | None


class DagDetail(DagRow):
    """One DAG with what its page needs."""

    params: dict[str, Any]
    version_number: int | None
    max_active_runs: int
    import_error: ImportErrorView | None
    notebook: dict[str, Any] | None


class GraphQuery(Query):
    """Whose states; none = the bare graph."""

    run_id: str | None = None


class GraphNode(Answer):
    """A task.

    Attributes:
        label: its id without the prefix of its group.
        group: the group that it is directly in.
        triggers_dag: the DAG that it starts, where there is one that may be seen.
    """

    task_id: str
    label: str
    group: str | None
    operator: str | None
    kind: str
    description: str | None
    trigger_rule: str
    is_mapped: bool
    is_setup: bool
    is_teardown: bool
    triggers_dag: str | None


class GraphGroup(Answer):
    """A task group; a parent comes before its children."""

    group_id: str
    parent: str | None
    label: str
    tooltip: str | None
    is_mapped: bool


class TaskStateView(Answer):
    """How a task stands in a run.

    Attributes:
        counts: of a mapped task, how many instances are in which state.
    """

    state: str | None
    try_number: int
    max_tries: int
    start_date: datetime | None
    end_date: datetime | None
    duration: float | None
    reason: str | None
    retry_at: datetime | None
    counts: dict[str, int] | None


class Graph(Answer):
    """Tasks, groups, edges, and the states of one run.

    Attributes:
        edge_labels: {upstream task: {downstream task: text}}.
    """

    version_number: int | None
    nodes: list[GraphNode]
    groups: list[GraphGroup]
    edges: list[tuple[str, str]]
    edge_labels: dict[str, dict[str, str]]
    run: RunOfGraph | None
    states: dict[str, TaskStateView]


class TaskError(Answer):
    """What a failed attempt raised."""

    model_config = ConfigDict(serialize_by_alias=True)

    class_: str = Field(serialization_alias="class")
    message: str
    line: int | None


class TryView(Answer):
    """One try."""

    try_number: int
    state: str | None
    reason: str | None
    start_date: datetime | None
    end_date: datetime | None
    duration: float | None


class ChildRun(RunView):
    """The run of another DAG that a task has started.

    Attributes:
        counts: how many of its task instances are in which state.
    """

    dag_id: str
    counts: dict[str, int]


class TaskInstanceView(Answer):
    """One task instance with its tries.

    Attributes:
        child_run: what its last try started, where that may be seen.
    """

    state: str | None
    operator: str | None
    try_number: int
    max_tries: int
    start_date: datetime | None
    end_date: datetime | None
    duration: float | None
    hostname: str | None
    pid: int | None
    pool: str
    queue: str | None
    reason: str | None
    error: TaskError | None
    tries: list[TryView]
    has_notebook: bool
    child_run: ChildRun | None


class RuleView(Answer):
    """What one rule says."""

    name: str
    passed: bool
    reason: str


class Why(Answer):
    """Why a task instance is not running, in one sentence and rule by rule."""

    state: str | None
    summary: str
    rules: list[RuleView]


class NotebookQuery(Query):
    """Of which try; the latest if none is named."""

    try_number: int | None = None
    map_index: int = -1


class ExecutedNotebook(Answer):
    """The notebook that a try ran, with its outputs so far."""

    path: str | None
    content: dict[str, Any] | None
    complete: bool
    message: str | None
