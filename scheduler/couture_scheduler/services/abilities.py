"""What people call a handful of permissions, and what each permission is for. Data."""

from dataclasses import dataclass

from couture_scheduler.default_roles import VIEWER_ACTIONS


@dataclass(frozen=True)
class AbilitySpec:
    """A column of the roles page.

    Attributes:
        key: the permission that tells whether somebody has it.
        actions: all that it grants.
    """

    name: str
    title: str
    key: str
    actions: tuple[str, ...]


ABILITIES = (
    AbilitySpec("see", "See", "can_dag_details", tuple(sorted(VIEWER_ACTIONS))),
    AbilitySpec(
        "run",
        "Run",
        "can_trigger",
        ("can_trigger", "can_run", "can_refresh", "can_add", "can_edit"),
    ),
    AbilitySpec(
        "clear",
        "Clear and mark",
        "can_clear",
        (
            *("can_clear", "clear", "can_dagrun_clear", "can_success"),
            *("set_success", "set_failed", "set_running"),
        ),
    ),
    AbilitySpec("pause", "Pause", "can_paused", ("can_paused",)),
    AbilitySpec(
        "edit",
        "Edit code",
        "can_edit_code",
        ("can_edit_code", "can_notebook", "can_upload_artifact"),
    ),
    AbilitySpec("delete", "Delete", "can_delete", ("can_delete", "muldelete")),
)

ACTION_HELP = {
    "menu_access": "See the entry in the menu.",
    "can_index": "Open the overview.",
    "can_list": "List.",
    "can_show": "Show one.",
    "can_chart": "Charts.",
    "can_dag_stats": "Counts of runs by state.",
    "can_dag_details": "Know that a DAG exists, and its details.",
    "can_task_stats": "Counts of tasks by state.",
    "can_code": "Read a DAG's source.",
    "can_log": "Read the logs of tasks.",
    "can_get_logs_with_metadata": "Follow a log while it grows.",
    "can_tries": "The tries of a task.",
    "can_graph": "The graph of a DAG.",
    "can_tree": "Runs and tasks across time.",
    "can_task": "Details of a task.",
    "can_task_instances": "List the tasks of runs.",
    "can_xcom": "Read what tasks handed on.",
    "can_gantt": "Duration and overlap of a run's tasks.",
    "can_landing_times": "When runs were done after their time.",
    "can_duration": "How long tasks took.",
    "can_blocked": "DAGs that have as many runs as they may.",
    "can_rendered": "Templates as they were rendered, and executed notebooks.",
    "can_pickle_info": "How a DAG is stored.",
    "can_version": "The version of the product.",
    "can_dagrun_clear": "Clear a run: all its tasks run again.",
    "can_run": "Run a single task.",
    "can_trigger": "Trigger a run.",
    "can_add": "Add objects of this menu.",
    "can_edit": "Change objects of this menu.",
    "can_delete": "Delete objects of this menu.",
    "can_paused": "Switch a DAG on and off.",
    "can_refresh": "Have a DAG file read again.",
    "can_success": "Mark tasks and runs.",
    "muldelete": "Delete several at once.",
    "set_failed": "Mark several as failed.",
    "set_running": "Mark several as running.",
    "set_success": "Mark several as success.",
    "clear": "Clear several at once.",
    "can_clear": "Clear tasks: they run again.",
    "can_conf": "Read the configuration.",
    "can_varimport": "Import variables from a file.",
    "can_edit_code": "Edit DAG files, schedule notebooks as DAGs.",
    "can_upload_artifact": "Upload code artifacts.",
    "can_notebook": "Use notebooks with the scheduler.",
}
