"""Routes for what Airflow has not."""

from couture_scheduler.schemas import dag_views as schemas
from couture_scheduler.schemas import logs as log_schemas
from couture_scheduler.schemas import notebooks as notebook_schemas
from couture_scheduler.schemas import simulations as simulation_schemas
from couture_scheduler.schemas.base import MapIndex
from couture_scheduler.schemas.status import Status
from couture_scheduler.services import dag_views, logs, notebooks, simulate, status, task_views
from couture_server.routing import Route

_DAG = "api/couture/dags/{dag_id}"
_TASK = _DAG + "/dagRuns/{dag_run_id}/taskInstances/{task_id}"

COUTURE_ROUTES = (
    Route("GET", "api/couture/status", status.get_status, "How the deployment stands", Status),
    Route(
        "GET",
        "api/couture/dags",
        dag_views.get_dag_list,
        "DAGs with their last runs",
        schemas.DagList,
        query=schemas.DagListQuery,
    ),
    Route("GET", _DAG, dag_views.get_dag_detail, "What a DAG's page needs", schemas.DagDetail),
    Route(
        "GET",
        _DAG + "/graph",
        dag_views.get_graph,
        "Tasks, edges and the states of a run",
        schemas.Graph,
        query=schemas.GraphQuery,
    ),
    Route(
        "POST",
        _DAG + "/simulate",
        simulate.simulate_dag,
        "What the DAG's schedule would do in some weeks",
        simulation_schemas.Simulated,
        simulation_schemas.SimulateBody,
    ),
    Route(
        "GET",
        _TASK,
        task_views.get_task_instance_view,
        "A task instance with its tries",
        schemas.TaskInstanceView,
        query=MapIndex,
    ),
    Route(
        "GET",
        _TASK + "/why",
        task_views.get_why,
        "Why a task instance is not running",
        schemas.Why,
        query=MapIndex,
    ),
    Route(
        "GET",
        _TASK + "/logs/{try_number:int}",
        logs.get_log_chunk,
        "New text of a try's log",
        log_schemas.LogChunk,
        query=log_schemas.ChunkQuery,
    ),
    Route(
        "GET",
        _TASK + "/notebook",
        task_views.get_executed_notebook,
        "The notebook that a try ran",
        schemas.ExecutedNotebook,
        query=schemas.NotebookQuery,
    ),
    Route(
        "POST",
        "api/couture/notebooks/parameters",
        notebooks.get_notebook_parameters,
        "Kernel and parameters of a notebook",
        notebook_schemas.NotebookParameters,
        notebook_schemas.ParametersBody,
    ),
    Route(
        "GET",
        "api/couture/schedules",
        notebooks.get_schedules,
        "Scheduled notebooks",
        notebook_schemas.ScheduleList,
    ),
    Route(
        "POST",
        "api/couture/schedules",
        notebooks.create_schedule,
        "Schedule a notebook",
        notebook_schemas.Scheduled,
        notebook_schemas.ScheduleBody,
        status=201,
    ),
    Route(
        "POST",
        "api/couture/schedules/preview",
        notebooks.preview_schedule,
        "The DAG file that scheduling would write",
        notebook_schemas.Scheduled,
        notebook_schemas.ScheduleBody,
    ),
    Route(
        "GET",
        "api/couture/schedules/preview-times",
        notebooks.get_preview_times,
        "When a cron fires next",
        notebook_schemas.PreviewTimes,
        query=notebook_schemas.PreviewQuery,
    ),
    Route(
        "POST",
        "api/couture/schedules/{dag_id}/renew",
        notebooks.renew_schedule,
        "Copy a scheduled notebook again",
        notebook_schemas.Scheduled,
        notebook_schemas.RenewBody,
    ),
    Route(
        "GET",
        "api/couture/timezones",
        notebooks.get_timezones,
        "Names of time zones",
        notebook_schemas.Timezones,
    ),
)
