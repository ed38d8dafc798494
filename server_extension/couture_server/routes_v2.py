"""Routes with the shape of Apache Airflow's REST API v2 (its v2.yaml is the contract)."""

from couture_scheduler.schemas import dag_runs as run_schemas
from couture_scheduler.schemas import dag_versions as version_schemas
from couture_scheduler.schemas import dags as dag_schemas
from couture_scheduler.schemas import event_logs as event_schemas
from couture_scheduler.schemas import import_errors as error_schemas
from couture_scheduler.schemas import jobs as job_schemas
from couture_scheduler.schemas import logs as log_schemas
from couture_scheduler.schemas import monitor as monitor_schemas
from couture_scheduler.schemas import task_instances as ti_schemas
from couture_scheduler.schemas import tasks as task_schemas
from couture_scheduler.schemas import xcoms as xcom_schemas
from couture_scheduler.schemas.base import MapIndex, UpdateMask
from couture_scheduler.services import (
    dag_runs,
    dag_sources,
    dags,
    delete_dag,
    event_logs,
    import_errors,
    jobs,
    logs,
    mapped_tasks,
    task_instances,
    tasks,
    xcoms,
)
from couture_server.routing import Route

_DAG = "api/v2/dags/{dag_id}"
_RUN = _DAG + "/dagRuns/{dag_run_id}"
_TASK = _RUN + "/taskInstances/{task_id}"
#: stands behind all other paths below a task: any word fits it, and must then be a number
_MAPPED = _TASK + "/{map_index:int}"


def _lines(answer: log_schemas.TaskInstancesLogResponse) -> str:
    return "".join(f"{line.model_dump_json()}\n" for line in answer.content)


def _source(answer: version_schemas.DAGSourceResponse) -> str:
    return answer.content or ""


V2_ROUTES = (
    Route("GET", "api/v2/version", jobs.get_version, "Release", monitor_schemas.VersionInfo),
    Route(
        "GET",
        "api/v2/monitor/health",
        jobs.get_health,
        "Health of all parts",
        monitor_schemas.HealthInfoResponse,
    ),
    Route(
        "GET",
        "api/v2/dags",
        dags.get_dags,
        "List DAGs",
        dag_schemas.DAGCollectionResponse,
        query=dag_schemas.DagQuery,
    ),
    Route("GET", _DAG, dags.get_dag, "One DAG", dag_schemas.DAGResponse),
    Route(
        "PATCH",
        _DAG,
        dags.patch_dag,
        "Switch a DAG on or off",
        dag_schemas.DAGResponse,
        dag_schemas.DAGPatchBody,
        dag_schemas.DagPatchQuery,
    ),
    Route(
        "DELETE",
        _DAG,
        delete_dag.delete_dag,
        "Delete a DAG's runs, and a DAG that no file defines",
        dag_schemas.DagDeleted,
    ),
    Route(
        "GET",
        _DAG + "/details",
        dags.get_dag_details,
        "One DAG with what its file says of it",
        dag_schemas.DAGDetailsResponse,
    ),
    Route(
        "GET",
        _DAG + "/tasks",
        tasks.get_tasks,
        "Tasks of a DAG",
        task_schemas.TaskCollectionResponse,
        query=task_schemas.TaskQuery,
    ),
    Route(
        "GET",
        _DAG + "/tasks/{task_id}",
        tasks.get_task,
        "One task of a DAG",
        task_schemas.TaskResponse,
    ),
    Route(
        "GET",
        "api/v2/dagTags",
        dags.get_dag_tags,
        "Tags of all DAGs",
        dag_schemas.DAGTagCollectionResponse,
        query=dag_schemas.TagQuery,
    ),
    Route(
        "GET",
        "api/v2/dagStats",
        dags.get_dag_stats,
        "Runs of DAGs by state",
        dag_schemas.DagStatsCollectionResponse,
        query=dag_schemas.StatsQuery,
    ),
    Route(
        "GET",
        "api/v2/dagSources/{dag_id}",
        dag_sources.get_dag_source,
        "The file of a DAG's version",
        version_schemas.DAGSourceResponse,
        query=version_schemas.SourceQuery,
        plain={"text/plain": _source},
    ),
    Route(
        "GET",
        _DAG + "/dagVersions",
        dag_sources.get_dag_versions,
        "Versions of a DAG",
        version_schemas.DAGVersionCollectionResponse,
        query=version_schemas.VersionQuery,
    ),
    Route(
        "GET",
        _DAG + "/dagVersions/{version_number:int}",
        dag_sources.get_dag_version,
        "One version of a DAG",
        version_schemas.DagVersionResponse,
    ),
    Route(
        "GET",
        _DAG + "/dagRuns",
        dag_runs.get_dag_runs,
        "Runs of a DAG; ~ for all DAGs",
        run_schemas.DAGRunCollectionResponse,
        query=run_schemas.RunQuery,
    ),
    Route(
        "POST",
        _DAG + "/dagRuns",
        dag_runs.trigger_dag_run,
        "Make a run by hand",
        run_schemas.DAGRunResponse,
        run_schemas.TriggerDAGRunPostBody,
    ),
    Route("GET", _RUN, dag_runs.get_dag_run, "One run", run_schemas.DAGRunResponse),
    Route(
        "PATCH",
        _RUN,
        dag_runs.patch_dag_run,
        "Mark a run, queue it again, or write a note",
        run_schemas.DAGRunResponse,
        run_schemas.DAGRunPatchBody,
        dag_schemas.UpdateMask,
    ),
    Route(
        "POST",
        _RUN + "/clear",
        dag_runs.clear_dag_run,
        "Have a run's tasks run again",
        run_schemas.DAGRunResponse | ti_schemas.ClearTaskInstanceCollectionResponse,
        run_schemas.DAGRunClearBody,
    ),
    Route(
        "GET",
        _RUN + "/taskInstances",
        task_instances.get_task_instances,
        "Task instances of a run; ~ for all",
        ti_schemas.TaskInstanceCollectionResponse,
        query=ti_schemas.TaskInstanceQuery,
    ),
    Route(
        "POST",
        _DAG + "/clearTaskInstances",
        task_instances.post_clear_task_instances,
        "Have task instances run again",
        ti_schemas.TaskInstanceCollectionResponse,
        ti_schemas.ClearTaskInstancesBody,
    ),
    Route(
        "GET",
        _TASK,
        task_instances.get_task_instance,
        "One task instance",
        ti_schemas.TaskInstanceResponse,
    ),
    Route(
        "PATCH",
        _TASK,
        task_instances.patch_task_instance,
        "Mark task instances, or write a note",
        ti_schemas.TaskInstanceCollectionResponse,
        ti_schemas.PatchTaskInstanceBody,
        ti_schemas.PatchTaskInstanceQuery,
    ),
    Route(
        "GET",
        _TASK + "/tries",
        task_instances.get_task_instance_tries,
        "Tries of a task instance",
        ti_schemas.TaskInstanceHistoryCollectionResponse,
        query=MapIndex,
    ),
    Route(
        "GET",
        _TASK + "/tries/{task_try_number:int}",
        task_instances.get_task_instance_try_details,
        "One try of a task instance",
        ti_schemas.TaskInstanceHistoryResponse,
        query=MapIndex,
    ),
    Route(
        "GET",
        _TASK + "/logs/{try_number:int}",
        logs.get_log,
        "A part of a try's log",
        log_schemas.TaskInstancesLogResponse,
        query=log_schemas.LogQuery,
        plain={"application/x-ndjson": _lines},
    ),
    Route(
        "GET",
        _TASK + "/xcomEntries",
        xcoms.get_xcom_entries,
        "XComs of a task instance",
        xcom_schemas.XComCollectionResponse,
        query=xcom_schemas.XComQuery,
    ),
    Route(
        "GET",
        _TASK + "/xcomEntries/{xcom_key}",
        xcoms.get_xcom_entry,
        "One XCom with its value",
        xcom_schemas.XComResponseNative,
        query=xcom_schemas.XComEntryQuery,
    ),
    Route(
        "GET",
        _TASK + "/listMapped",
        mapped_tasks.get_mapped_task_instances,
        "Instances of a mapped task",
        ti_schemas.TaskInstanceCollectionResponse,
        query=ti_schemas.MappedQuery,
    ),
    Route(
        "GET",
        _MAPPED,
        mapped_tasks.get_mapped_task_instance,
        "One instance of a mapped task",
        ti_schemas.TaskInstanceResponse,
    ),
    Route(
        "PATCH",
        _MAPPED,
        mapped_tasks.patch_task_instance_by_map_index,
        "Mark one instance of a mapped task, or write a note",
        ti_schemas.TaskInstanceCollectionResponse,
        ti_schemas.PatchTaskInstanceBody,
        UpdateMask,
    ),
    Route(
        "GET",
        _MAPPED + "/tries",
        mapped_tasks.get_mapped_task_instance_tries,
        "Tries of one instance of a mapped task",
        ti_schemas.TaskInstanceHistoryCollectionResponse,
    ),
    Route(
        "GET",
        _MAPPED + "/tries/{task_try_number:int}",
        mapped_tasks.get_mapped_task_instance_try_details,
        "One try of one instance of a mapped task",
        ti_schemas.TaskInstanceHistoryResponse,
    ),
    Route(
        "GET",
        "api/v2/importErrors",
        import_errors.get_import_errors,
        "Files that could not be imported",
        error_schemas.ImportErrorCollectionResponse,
        query=error_schemas.ImportErrorQuery,
    ),
    Route(
        "GET",
        "api/v2/importErrors/{import_error_id:int}",
        import_errors.get_import_error,
        "One file that could not be imported",
        error_schemas.ImportErrorResponse,
    ),
    Route(
        "GET",
        "api/v2/eventLogs",
        event_logs.get_event_logs,
        "What people and the engine did",
        event_schemas.EventLogCollectionResponse,
        query=event_schemas.EventLogQuery,
    ),
    Route(
        "GET",
        "api/v2/eventLogs/{event_log_id:int}",
        event_logs.get_event_log,
        "One event",
        event_schemas.EventLogResponse,
    ),
    Route(
        "GET",
        "api/v2/jobs",
        jobs.get_jobs,
        "Our own processes",
        job_schemas.JobCollectionResponse,
        query=job_schemas.JobQuery,
    ),
)
