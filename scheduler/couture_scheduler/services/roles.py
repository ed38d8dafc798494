"""The default roles (S15), as data: which actions on which view menus; and the local Admin."""

import getpass

from couture_scheduler.services.actor import ALL, Actor, Rights

_VIEWER = """
    menu_access can_index can_list can_show can_chart can_dag_stats can_dag_details can_task_stats
    can_code can_log can_get_logs_with_metadata can_tries can_graph can_tree can_task
    can_task_instances can_xcom can_gantt can_landing_times can_duration can_blocked can_rendered
    can_pickle_info can_version
"""
_USER = """
    can_dagrun_clear can_run can_trigger can_add can_edit can_delete can_paused can_refresh
    can_success muldelete set_failed set_running set_success clear can_clear
"""

VIEWER_ACTIONS = frozenset(_VIEWER.split())
USER_ACTIONS = VIEWER_ACTIONS | frozenset(_USER.split())
DEVELOPER_ACTIONS = USER_ACTIONS | {"can_edit_code", "can_upload_artifact", "can_notebook"}
OP_ACTIONS = USER_ACTIONS | {"can_conf", "can_varimport"}

VIEWER_MENUS = frozenset(
    {
        *("Airflow", "DagModelView", "Browse", "DAG Runs", "DagRunModelView"),
        *("Task Instances", "TaskInstanceModelView", "SLA Misses", "SlaMissModelView"),
        *("Jobs", "JobModelView", "Logs", "LogModelView"),
        *("Docs", "Documentation", "GitHub", "About", "Version", "VersionView"),
    }
)
OP_MENUS = VIEWER_MENUS | {
    *("Admin", "Configurations", "ConfigurationView", "Connections", "ConnectionModelView"),
    *("Pools", "PoolModelView", "Variables", "VariableModelView", "XComs", "XComModelView"),
}

ROLES: dict[str, Rights] = {
    "Admin": Rights(ALL, ALL),
    "Op": Rights(OP_ACTIONS, OP_MENUS),
    "Developer": Rights(DEVELOPER_ACTIONS, VIEWER_MENUS),
    "User": Rights(USER_ACTIONS, VIEWER_MENUS),
    "Viewer": Rights(VIEWER_ACTIONS, VIEWER_MENUS),
    "Public": Rights(frozenset(), frozenset()),
}

#: every action that a person can be told about, in the order of the manual
ACTIONS = tuple(sorted(OP_ACTIONS | DEVELOPER_ACTIONS))


def local_admin(source: str, source_ip: str | None = None) -> Actor:
    """Return the person whose process this is, who is the Admin where no Hub says otherwise."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "local"
    return Actor(user, source_ip, ROLES["Admin"], ("Admin",), source, is_alone=True)
