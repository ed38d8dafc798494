"""The commands of Airflow 1.10 (`list_dags`, `trigger_dag`, ...): other names of those of 2. Data."""

OLD_WORDS = {
    "list_dags": ("dags", "list"),
    "show_dag": ("dags", "show"),
    "list_dag_runs": ("runs", "list"),
    "dag_state": ("dags", "state"),
    "next_execution": ("dags", "next-execution"),
    "trigger_dag": ("dags", "trigger"),
    "delete_dag": ("dags", "delete"),
    "pause": ("dags", "pause"),
    "unpause": ("dags", "unpause"),
    "list_tasks": ("tasks", "list"),
    "task_state": ("tasks", "state"),
    "task_failed_deps": ("tasks", "failed-deps"),
    "test": ("tasks", "test"),
    "render": ("tasks", "render"),
    "clear": ("tasks", "clear"),
    "upgradedb": ("db", "upgrade"),
    "initdb": ("db", "upgrade"),
}
