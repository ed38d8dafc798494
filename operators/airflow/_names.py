"""Where each name that DAG files import from Airflow has its home in couture_operators.

`Name=attribute` gives a name that the home module calls otherwise.
"""

_HOMES = {
    "assets": "Asset AssetAlias AssetAll AssetAny Dataset DatasetAlias DatasetAll "
    "DatasetAny Metadata",
    "baseoperator": "BaseOperator apply_defaults",
    "compat.configuration": "AirflowConfigException conf",
    "compat.mixins": "ArgNotSet DagRunType LoggingMixin NEW_SESSION NOTSET create_session "
    "provide_session",
    "compat.plugins": "AirflowPlugin BaseOperatorLink PriorityWeightStrategy hookimpl",
    "connection": "BaseHook Connection",
    "context": "Context get_current_context",
    "dag": "DAG",
    "decorators": "dag setup task task_group teardown",
    "edges": "EdgeModifier Label",
    "hooks.filesystem": "FSHook",
    "hooks.http": "HttpHook",
    "hooks.sql": "DbApiHook MsSqlHook MySqlHook OracleHook PostgresHook SqliteHook "
    "fetch_all_handler fetch_one_handler",
    "hooks.subprocess": "SubprocessHook SubprocessResult",
    "notifiers.base": "BaseNotifier",
    "notifiers.smtp": "SmtpNotifier send_smtp_notification",
    "operators.bash": "BashOperator",
    "operators.branch": "BaseBranchOperator BranchMixIn SkipMixin",
    "operators.dag": "DagOperator",
    "operators.datetime": "BranchDateTimeOperator BranchDayOfWeekOperator",
    "operators.email": "EmailOperator send_email",
    "operators.empty": "DummyOperator EmptyOperator",
    "operators.http": "HttpOperator SimpleHttpOperator",
    "operators.jupyter": "CoutureJupyterNotebook CoutureJupyterOperator",
    "operators.latest_only": "LatestOnlyOperator",
    "operators.papermill": "PapermillOperator",
    "operators.python": "BranchPythonOperator PythonOperator ShortCircuitOperator",
    "operators.runs": "DagRunOrder",
    "operators.spark": "CouturePySparkOperator CoutureSparkOperator",
    "operators.sql": "BaseSQLOperator BranchSQLOperator GenericTransfer MsSqlOperator MySqlOperator "
    "OracleOperator PostgresOperator SQLExecuteQueryOperator SqliteOperator "
    "BranchSqlOperator=BranchSQLOperator",
    "operators.sql_checks": "CheckOperator IntervalCheckOperator SQLCheckOperator "
    "SQLIntervalCheckOperator SQLThresholdCheckOperator SQLValueCheckOperator "
    "ThresholdCheckOperator ValueCheckOperator",
    "operators.sql_tables": "SQLColumnCheckOperator SQLTableCheckOperator",
    "operators.subdag": "SubDagOperator",
    "operators.trigger_dagrun": "TriggerDagRunOperator",
    "operators.virtualenv": "BranchExternalPythonOperator BranchPythonVirtualenvOperator "
    "ExternalPythonOperator PythonVirtualenvOperator is_venv_installed",
    "operators.weekday": "WeekDay",
    "params": "DagParam Param ParamsDict",
    "relations": "chain chain_linear cross_downstream",
    "sensors.base": "BaseSensorOperator PokeReturnValue poke_mode_only",
    "sensors.bash": "BashSensor",
    "sensors.external_task": "ExternalTaskMarker ExternalTaskSensor",
    "sensors.filesystem": "FileSensor",
    "sensors.http": "HttpSensor",
    "sensors.python": "PythonSensor",
    "sensors.sql": "SqlSensor",
    "sensors.times": "DateTimeSensor DateTimeSensorAsync TimeDeltaSensor TimeDeltaSensorAsync "
    "TimeSensor TimeSensorAsync WaitSensor",
    "sensors.weekday": "DayOfWeekSensor",
    "storage": "ObjectStoragePath",
    "states": "DagRunState State TaskInstanceState",
    "taskgroup": "TaskGroup",
    "taskinstance": "DagRun TaskInstance",
    "trigger_rule": "TriggerRule WeightRule",
    "triggers.base": "BaseTrigger TriggerEvent",
    "triggers.temporal": "DateTimeTrigger TimeDeltaTrigger",
    "variable": "Variable",
    "xcom": "XCOM_RETURN_KEY",
    "xcom_arg": "PlainXComArg XComArg",
}

#: name -> (module of couture_operators, attribute)
HOME = {
    item.partition("=")[0]: (module, item.rpartition("=")[2])
    for module, items in _HOMES.items()
    for item in items.split()
}
