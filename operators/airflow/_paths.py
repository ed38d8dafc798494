"""Airflow's modules, of 1.10, 2 and 3, and the names that each one offers here.

A name that begins with `@` is a module of couture_operators and stands for all that it has. The home
of every other name stands in `_names`; `Name=other` gives what stands there as `other`.
"""

_OPERATORS = (
    "BaseOperator BashOperator BranchPythonOperator CheckOperator CoutureJupyterNotebook "
    "CoutureJupyterOperator CouturePySparkOperator CoutureSparkOperator DagOperator DummyOperator "
    "EmailOperator EmptyOperator GenericTransfer IntervalCheckOperator LatestOnlyOperator "
    "MsSqlOperator MySqlOperator OracleOperator PapermillOperator PostgresOperator PythonOperator "
    "PythonVirtualenvOperator ShortCircuitOperator SimpleHttpOperator SqliteOperator "
    "SubDagOperator TriggerDagRunOperator ValueCheckOperator"
)
_SENSORS = (
    "BaseSensorOperator BashSensor DateTimeSensor DayOfWeekSensor ExternalTaskMarker "
    "ExternalTaskSensor FileSensor HttpSensor PythonSensor SqlSensor TimeDeltaSensor TimeSensor"
)
_PYTHON = (
    "BranchExternalPythonOperator BranchPythonOperator BranchPythonVirtualenvOperator "
    "ExternalPythonOperator PythonOperator PythonVirtualenvOperator ShortCircuitOperator "
    "get_current_context is_venv_installed task"
)
_SQL_CHECKS = (
    "BaseSQLOperator BranchSQLOperator BranchSqlOperator SQLCheckOperator SQLColumnCheckOperator "
    "SQLExecuteQueryOperator SQLIntervalCheckOperator SQLTableCheckOperator "
    "SQLThresholdCheckOperator SQLValueCheckOperator"
)
_OLD_CHECKS = "CheckOperator IntervalCheckOperator ThresholdCheckOperator ValueCheckOperator"
_TIME_SENSORS = "TimeSensor TimeSensorAsync"
_DELTA_SENSORS = "TimeDeltaSensor TimeDeltaSensorAsync WaitSensor"
_DATE_SENSORS = "DateTimeSensor DateTimeSensorAsync"
_EXTERNAL = "ExternalTaskMarker ExternalTaskSensor"
_DATASETS = "Asset AssetAlias AssetAll AssetAny Dataset DatasetAlias DatasetAll DatasetAny"
_ASSETS = "Asset AssetAlias AssetAll AssetAny Metadata"
_DECORATORS = "dag setup task task_group teardown"
_SENSOR_BASE = "BaseSensorOperator PokeReturnValue poke_mode_only"
_CONTEXT = "Context get_current_context"
_STATES = "DagRunState State TaskInstanceState"
_EXCEPTIONS = "@exceptions @compat.exceptions"
_TIMETABLES = (
    "AssetOrTimeSchedule CronDataIntervalTimetable CronTriggerTimetable DeltaDataIntervalTimetable "
    "DeltaTriggerTimetable EventsTimetable MultipleCronTriggerTimetable"
)
_TYPING = (
    "Final Literal NamedTuple ParamSpec Protocol Self TypeAlias TypeGuard TypedDict "
    "runtime_checkable"
)
_MASKING = "@masking"
_OPERATOR_HELPERS = "context_to_airflow_vars determine_kwargs make_kwargs_callable"

PATHS = {
    # what most files begin with
    "configuration": "@compat.configuration",
    "compat.functools": "cache cached_property lru_cache",
    "decorators": f"{_DECORATORS} TaskDecoratorCollection",
    "decorators.base": "DecoratedOperator TaskDecorator get_unique_task_id task_decorator_factory",
    "decorators.bash": "bash_task",
    "decorators.branch_external_python": "branch_external_python_task",
    "decorators.branch_python": "branch_task",
    "decorators.branch_virtualenv": "branch_virtualenv_task",
    "decorators.condition": "run_if skip_if",
    "decorators.external_python": "external_python_task",
    "decorators.python": "PythonDecoratedOperator python_task",
    "decorators.python_virtualenv": "virtualenv_task",
    "decorators.sensor": "sensor_task",
    "decorators.setup_teardown": "ContextWrapper context_wrapper setup_task teardown_task",
    "decorators.short_circuit": "short_circuit_task",
    "decorators.task_group": "TaskGroupDecorator task_group",
    "exceptions": _EXCEPTIONS,
    "macros": "@macros",
    "plugins_manager": "AirflowPlugin",
    "settings": "@compat.settings",
    "stats": "@compat.stats",
    "typing_compat": _TYPING,
    "version": "@compat.version",
    # operators
    "operators": f"{_OPERATORS} {_SENSORS}",
    "operators.bash": "BashOperator",
    "operators.bash_operator": "BashOperator",
    "operators.branch": "BaseBranchOperator BranchMixIn",
    "operators.branch_operator": "BaseBranchOperator",
    "operators.check_operator": _OLD_CHECKS,
    "operators.dag_operator": "DagOperator",
    "operators.dagrun_operator": "DagRunOrder TriggerDagRunOperator",
    "operators.datetime": "BranchDateTimeOperator",
    "operators.dummy": "DummyOperator EmptyOperator",
    "operators.dummy_operator": "DummyOperator EmptyOperator",
    "operators.email": "EmailOperator",
    "operators.email_operator": "EmailOperator",
    "operators.empty": "EmptyOperator DummyOperator",
    "operators.generic_transfer": "GenericTransfer",
    "operators.http_operator": "SimpleHttpOperator",
    "operators.jupyter_operator": "CoutureJupyterNotebook CoutureJupyterOperator",
    "operators.latest_only": "LatestOnlyOperator",
    "operators.latest_only_operator": "LatestOnlyOperator",
    "operators.mssql_operator": "MsSqlOperator",
    "operators.mysql_operator": "MySqlOperator",
    "operators.oracle_operator": "OracleOperator",
    "operators.papermill_operator": "PapermillOperator",
    "operators.postgres_operator": "PostgresOperator",
    "operators.python": _PYTHON,
    "operators.python_operator": "BranchPythonOperator PythonOperator PythonVirtualenvOperator "
    "ShortCircuitOperator SkipMixin",
    "operators.sensors": _SENSORS,
    "operators.smooth": "SmoothOperator",
    "operators.spark_operator": "CouturePySparkOperator CoutureSparkOperator",
    "operators.sql": _SQL_CHECKS,
    "operators.sql_branch_operator": "BranchSqlOperator BranchSQLOperator",
    "operators.sqlite_operator": "SqliteOperator",
    "operators.subdag": "SubDagOperator",
    "operators.subdag_operator": "SubDagOperator",
    "operators.trigger_dagrun": "TriggerDagRunOperator",
    "operators.weekday": "BranchDayOfWeekOperator",
    # sensors
    "sensors": _SENSORS,
    "sensors.base": _SENSOR_BASE,
    "sensors.base_sensor_operator": _SENSOR_BASE,
    "sensors.bash": "BashSensor",
    "sensors.date_time": _DATE_SENSORS,
    "sensors.date_time_sensor": _DATE_SENSORS,
    "sensors.external_task": _EXTERNAL,
    "sensors.external_task_sensor": _EXTERNAL,
    "sensors.filesystem": "FileSensor",
    "sensors.http_sensor": "HttpSensor",
    "sensors.python": "PythonSensor",
    "sensors.sql": "SqlSensor",
    "sensors.sql_sensor": "SqlSensor",
    "sensors.time_delta": _DELTA_SENSORS,
    "sensors.time_delta_sensor": _DELTA_SENSORS,
    "sensors.time_sensor": _TIME_SENSORS,
    "sensors.weekday": "DayOfWeekSensor",
    "sensors.weekday_sensor": "DayOfWeekSensor",
    # hooks and triggers
    "hooks": "BaseHook DbApiHook FSHook HttpHook MsSqlHook MySqlHook OracleHook PostgresHook "
    "SqliteHook",
    "hooks.base": "BaseHook DiscoverableHook",
    "hooks.base_hook": "BaseHook CONN_ENV_PREFIX",
    "hooks.dbapi": "DbApiHook",
    "hooks.dbapi_hook": "DbApiHook",
    "hooks.filesystem": "FSHook",
    "hooks.http_hook": "HttpHook",
    "hooks.mssql_hook": "MsSqlHook",
    "hooks.mysql_hook": "MySqlHook",
    "hooks.oracle_hook": "OracleHook",
    "hooks.postgres_hook": "PostgresHook",
    "hooks.sqlite_hook": "SqliteHook",
    "hooks.subprocess": "SubprocessHook SubprocessResult",
    "triggers.base": "BaseTrigger StartTriggerArgs TriggerEvent",
    "triggers.external_task": "DagStateTrigger TaskStateTrigger WorkflowTrigger",
    "triggers.file": "FileTrigger",
    "triggers.temporal": "DateTimeTrigger TimeDeltaTrigger",
    "triggers.testing": "FailureTrigger SuccessTrigger",
    "notifications.basenotifier": "BaseNotifier",
    # models
    "models": "BaseHook BaseOperator BaseOperatorLink Connection DAG DAGNode DagRun MappedOperator "
    "Operator Param SkipMixin TaskInstance Variable XCOM_RETURN_KEY XComArg",
    "models.abstractoperator": "AbstractOperator BaseOperator TaskStateChangeCallback",
    "models.baseoperator": "BaseOperator BaseOperatorLink BaseOperatorMeta Chainable "
    "ScheduleInterval TaskPostExecuteHook TaskPreExecuteHook chain chain_linear cross_downstream",
    "models.baseoperatorlink": "BaseOperatorLink",
    "models.connection": "Connection",
    "models.dag": "DAG DagContext DagStateChangeCallback SLAMissCallback ScheduleArg "
    "ScheduleInterval ScheduleIntervalArg dag",
    "models.dagparam": "DagParam",
    "models.dagrun": "DagRun",
    "models.dataset": "Dataset DatasetEvent",
    "models.mappedoperator": "MappedOperator OperatorPartial",
    "models.operator": "BaseOperator Operator",
    "models.param": "DagParam Param ParamsDict",
    "models.skipmixin": "SkipMixin",
    "models.taskinstance": "Context TaskInstance TaskInstanceKey TaskInstanceStateType "
    "set_current_context",
    "models.taskinstancekey": "TaskInstanceKey",
    "models.taskmixin": "DAGNode DependencyMixin TaskGroup TaskMixin",
    "models.variable": "Variable",
    "models.xcom": "XCOM_RETURN_KEY",
    "models.xcom_arg": "ConcatXComArg MapXComArg PlainXComArg XComArg ZipXComArg",
    # utilities
    "utils": "apply_defaults",
    "utils.compression": "@compat.compression",
    "utils.configuration": "conf",
    "utils.context": "AirflowContextDeprecationWarning ConnectionAccessor Context "
    "InletEventsAccessors KNOWN_CONTEXT_KEYS OutletEventAccessor OutletEventAccessors "
    "VariableAccessor context_copy_partial context_merge",
    "utils.dag_cycle_tester": "check_cycle test_cycle",
    "utils.dag_parsing_context": "AirflowParsingContext get_parsing_context",
    "utils.dates": "@compat.dates",
    "utils.db": "create_session provide_session",
    "utils.decorators": "apply_defaults remove_task_decorator",
    "utils.edgemodifier": "EdgeModifier Label",
    "utils.email": "get_email_address_list send_email send_email_smtp",
    "utils.file": "@compat.files",
    "utils.hashlib_wrapper": "md5",
    "utils.helpers": "@compat.helpers @compat.templates DEFAULT_TIME_TO_WAIT_AFTER_SIGTERM chain "
    "cross_downstream reap_process_group",
    "utils.json": "AirflowJsonEncoder WebEncoder json_ser",
    "utils.log.logging_mixin": "ANSI_ESCAPE LoggingMixin StreamLogWriter redirect_stderr "
    "redirect_stdout remove_escape_codes",
    "utils.log.secrets_masker": _MASKING,
    "utils.module_loading": "import_string qualname",
    "utils.net": "@compat.net",
    "utils.operator_helpers": _OPERATOR_HELPERS,
    "utils.process_utils": "@compat.processes",
    "utils.python_virtualenv": "@compat.virtualenvs",
    "utils.session": "NEW_SESSION create_session provide_session",
    "utils.setup_teardown": "BaseSetupTeardownContext SetupTeardownContext",
    "utils.state": f"{_STATES} JobState",
    "utils.strings": "TRUE_LIKE_VALUES get_random_string to_boolean",
    "utils.task_group": "MappedTaskGroup TaskGroup TaskGroupContext",
    "utils.template": "literal",
    "utils.timeout": "TimeoutPosix timeout",
    "utils.timezone": "@compat.timezone",
    "utils.trigger_rule": "TriggerRule",
    "utils.types": "ArgNotSet DagRunType EdgeInfoType NOTSET",
    "utils.weekday": "WeekDay",
    "utils.weight_rule": "WeightRule",
    "utils.xcom": "XCOM_RETURN_KEY",
    # data and time
    "assets": f"{_DATASETS} Metadata",
    "assets.metadata": "Metadata",
    "datasets": f"{_DATASETS} BaseDataset DatasetEvent",
    "datasets.metadata": "Metadata",
    "io": "ObjectStoragePath ObjectStore attach get_fs has_fs",
    "io.path": "ObjectStoragePath",
    "io.store": "ObjectStore attach",
    "lineage": "AUTO PIPELINE_INLETS PIPELINE_OUTLETS apply_lineage prepare_lineage",
    "lineage.datasets": "DataBase DataSet File=OldFile HadoopFile",
    "lineage.entities": "Column File Table Tag User",
    "timetables": "@timetables",
    "timetables.assets": "@timetables",
    "timetables.base": "@timetables",
    "timetables.datasets": "@timetables",
    "timetables.events": "@timetables",
    "timetables.interval": "@timetables Delta",
    "timetables.simple": "@timetables",
    "timetables.trigger": "@timetables",
    # plugins
    "listeners": "hookimpl",
    "template.templater": "LiteralValue",
    "task.priority_strategy": "PriorityWeightStrategy",
    # the parts of contrib that need no third party
    "contrib.hooks.fs_hook": "FSHook",
    "contrib.operators.papermill_operator": "PapermillOperator",
    "contrib.sensors.bash_sensor": "BashSensor",
    "contrib.sensors.file_sensor": "FileSensor",
    "contrib.sensors.python_sensor": "PythonSensor",
    "contrib.sensors.weekday_sensor": "DayOfWeekSensor",
    "contrib.utils.weekday": "WeekDay",
    # the provider modules that have a counterpart here
    "providers.common.sql.hooks.handlers": "fetch_all_handler fetch_one_handler",
    "providers.common.sql.hooks.sql": "DbApiHook fetch_all_handler fetch_one_handler",
    "providers.common.sql.operators.generic_transfer": "GenericTransfer",
    "providers.common.sql.operators.sql": _SQL_CHECKS,
    "providers.common.sql.sensors.sql": "SqlSensor",
    "providers.http.hooks.http": "HttpHook",
    "providers.http.operators.http": "HttpOperator SimpleHttpOperator",
    "providers.http.sensors.http": "HttpSensor",
    "providers.microsoft.mssql.hooks.mssql": "MsSqlHook",
    "providers.microsoft.mssql.operators.mssql": "MsSqlOperator",
    "providers.mysql.hooks.mysql": "MySqlHook",
    "providers.mysql.operators.mysql": "MySqlHook MySqlOperator",
    "providers.oracle.hooks.oracle": "OracleHook",
    "providers.oracle.operators.oracle": "OracleOperator",
    "providers.papermill.operators.papermill": "PapermillOperator",
    "providers.postgres.hooks.postgres": "PostgresHook",
    "providers.postgres.operators.postgres": "PostgresHook PostgresOperator",
    "providers.smtp.notifications.smtp": "SmtpNotifier send_smtp_notification",
    "providers.smtp.operators.smtp": "EmailOperator",
    "providers.sqlite.hooks.sqlite": "SqliteHook",
    "providers.sqlite.operators.sqlite": "SqliteHook SqliteOperator",
    "providers.standard.decorators.bash": "task",
    "providers.standard.hooks.filesystem": "FSHook",
    "providers.standard.hooks.subprocess": "SubprocessHook SubprocessResult",
    "providers.standard.operators.bash": "BashOperator",
    "providers.standard.operators.branch": "BaseBranchOperator BranchMixIn",
    "providers.standard.operators.datetime": "BranchDateTimeOperator",
    "providers.standard.operators.empty": "EmptyOperator",
    "providers.standard.operators.generic_transfer": "GenericTransfer",
    "providers.standard.operators.latest_only": "LatestOnlyOperator",
    "providers.standard.operators.python": _PYTHON,
    "providers.standard.operators.smooth": "SmoothOperator",
    "providers.standard.operators.trigger_dagrun": "TriggerDagRunOperator",
    "providers.standard.operators.weekday": "BranchDayOfWeekOperator",
    "providers.standard.sensors.bash": "BashSensor",
    "providers.standard.sensors.date_time": _DATE_SENSORS,
    "providers.standard.sensors.external_task": _EXTERNAL,
    "providers.standard.sensors.filesystem": "FileSensor",
    "providers.standard.sensors.python": "PythonSensor",
    "providers.standard.sensors.time": _TIME_SENSORS,
    "providers.standard.sensors.time_delta": _DELTA_SENSORS,
    "providers.standard.sensors.weekday": "DayOfWeekSensor",
    "providers.standard.triggers.external_task": "DagStateTrigger TaskStateTrigger WorkflowTrigger",
    "providers.standard.triggers.file": "FileTrigger",
    "providers.standard.triggers.temporal": "DateTimeTrigger TimeDeltaTrigger",
    "providers.standard.utils.skipmixin": "SkipMixin",
    "providers.standard.utils.weekday": "WeekDay",
    # the names of Airflow 3
    "sdk": f"{_DECORATORS} {_ASSETS} {_CONTEXT} {_STATES} BaseHook BaseNotifier BaseOperator "
    "BaseOperatorLink BaseSensorOperator Connection DAG DagRunState EdgeModifier Label Param "
    "ParamsDict PokeReturnValue TaskGroup TriggerRule Variable WeightRule XComArg chain "
    f"chain_linear cross_downstream ObjectStoragePath BranchMixIn SkipMixin asset "
    f"get_parsing_context literal {_TIMETABLES}",
    "sdk.api.datamodels._generated": _STATES,
    "sdk.bases.hook": "BaseHook",
    "sdk.bases.notifier": "BaseNotifier",
    "sdk.bases.operator": "BaseOperator chain chain_linear cross_downstream",
    "sdk.bases.operatorlink": "BaseOperatorLink",
    "sdk.bases.sensor": _SENSOR_BASE,
    "sdk.bases.branch": "BaseBranchOperator BranchMixIn",
    "sdk.bases.skipmixin": "SkipMixin",
    "sdk.definitions.asset": _ASSETS,
    "sdk.definitions.asset.decorators": "AssetDefinition asset",
    "sdk.definitions.asset.metadata": "Metadata",
    "sdk.definitions.baseoperator": "BaseOperator chain chain_linear cross_downstream",
    "sdk.definitions.connection": "Connection",
    "sdk.definitions.context": _CONTEXT,
    "sdk.definitions.dag": "DAG dag",
    "sdk.definitions.decorators": _DECORATORS,
    "sdk.definitions.edges": "EdgeModifier Label",
    "sdk.definitions.param": "DagParam Param ParamsDict",
    "sdk.definitions.taskgroup": "TaskGroup",
    "sdk.definitions.template": "LiteralValue literal",
    "sdk.definitions.variable": "Variable",
    "sdk.definitions.xcom_arg": "XComArg",
    "sdk.exceptions": _EXCEPTIONS,
    "sdk.execution_time.context": _CONTEXT,
    "sdk.execution_time.secrets_masker": _MASKING,
    "sdk.io": "@storage",
    "sdk.log": _MASKING,
    "sdk.timezone": "@compat.timezone",
    "sdk.types": "DagRunProtocol RuntimeTaskInstanceProtocol",
}

_COMMON = (
    "AirflowException AirflowSkipException BaseHook BaseOperator BaseSensorOperator Context "
    "LoggingMixin SkipMixin State TaskInstance apply_defaults conf provide_session"
)
#: what Airflow's own modules of a package import, so that files take it from any of them
CARRIED = {
    "contrib": _COMMON,
    "decorators": "AirflowException BaseOperator Context TaskGroup TriggerRule "
    "task_decorator_factory",
    "hooks": _COMMON,
    "models": f"{_COMMON} ArgNotSet Connection DAG DagRun DagRunState DagRunType NEW_SESSION NOTSET "
    "Param TaskInstanceState TriggerRule Variable WeightRule XCOM_RETURN_KEY create_session",
    "operators": f"{_COMMON} BaseBranchOperator BranchMixIn Connection DagRun DagRunState "
    "DagRunType TaskInstanceState TriggerRule Variable XCOM_RETURN_KEY context_merge "
    "context_to_airflow_vars send_email",
    "sensors": f"{_COMMON} BaseTrigger PokeReturnValue StartTriggerArgs TriggerEvent WeekDay",
}
