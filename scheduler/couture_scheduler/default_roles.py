"""The default roles (S15), as data: which actions on which view menus. Pure."""

from couture_scheduler.rights import ALL, MENUS_OF_DAGS, Rights

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
_DEVELOPER = "can_edit_code can_upload_artifact can_notebook"
_OP = "can_conf can_varimport"
_OP_MENUS = (
    *("Admin", "Configurations", "ConfigurationView", "Connections", "ConnectionModelView"),
    *("Pools", "PoolModelView", "Variables", "VariableModelView", "XComs", "XComModelView"),
)

VIEWER_ACTIONS = frozenset(_VIEWER.split())
USER_ACTIONS = VIEWER_ACTIONS | frozenset(_USER.split())
DEVELOPER_ACTIONS = USER_ACTIONS | frozenset(_DEVELOPER.split())
OP_ACTIONS = USER_ACTIONS | frozenset(_OP.split())

VIEWER_MENUS = MENUS_OF_DAGS
OP_MENUS = VIEWER_MENUS | frozenset(_OP_MENUS)

#: the default roles; what Admin holds cannot be granted to any other role
ROLES: dict[str, tuple[Rights, ...]] = {
    "Admin": (Rights(ALL, ALL, role="Admin"),),
    "Op": (Rights(OP_ACTIONS, OP_MENUS, role="Op"),),
    "Developer": (Rights(DEVELOPER_ACTIONS, VIEWER_MENUS, role="Developer"),),
    "User": (Rights(USER_ACTIONS, VIEWER_MENUS, role="User"),),
    "Viewer": (Rights(VIEWER_ACTIONS, VIEWER_MENUS, role="Viewer"),),
    "Public": (),
}
ADMIN = "Admin"
PUBLIC = "Public"

DESCRIPTIONS = {
    "Admin": "Everything, granting and revoking included.",
    "Op": "User, and configuration, connections, pools, variables and XComs.",
    "Developer": "User, and notebooks, code artifacts and editing DAGs.",
    "User": "Viewer, and triggering, clearing, marking, switching and deleting.",
    "Viewer": "Reads everything about DAGs and runs, changes nothing.",
    "Public": "People who are not logged in.",
}

#: every action and view menu that can be granted, by the first default role that holds it
ACTION_ROLES: dict[str, str] = {
    **dict.fromkeys(_VIEWER.split(), "Viewer"),
    **dict.fromkeys(_USER.split(), "User"),
    **dict.fromkeys(_OP.split(), "Op"),
    **dict.fromkeys(_DEVELOPER.split(), "Developer"),
}
MENU_ROLES: dict[str, str] = {
    **dict.fromkeys(sorted(VIEWER_MENUS), "Viewer"),
    **dict.fromkeys(_OP_MENUS, "Op"),
}

#: every action that a person can be told about, in the order of the alphabet
ACTIONS = tuple(sorted(ACTION_ROLES))
