"""Where each name that DAG files import from Airflow has its home in couture_operators.

`Name=attribute` gives a name that the home module calls otherwise.
"""

_HOMES = {
    "asset_events": "InletEventsAccessors=InletEvents OutletEventAccessor "
    "OutletEventAccessors=OutletEvents",
    "assets": "Asset AssetAlias AssetAll AssetAny Dataset DatasetAlias DatasetAll "
    "DatasetAny DatasetEvent Metadata BaseDataset=AssetExpression",
    "baseoperator": "AbstractOperator=BaseOperator BaseOperator Operator=BaseOperator apply_defaults",
    "compat.annotations": "Chainable DagStateChangeCallback Delta DiscoverableHook EdgeInfoType "
    "SLAMissCallback ScheduleArg ScheduleInterval ScheduleIntervalArg TaskDecoratorCollection "
    "TaskInstanceStateType TaskPostExecuteHook TaskPreExecuteHook TaskStateChangeCallback",
    "compat.configuration": "conf",
    "compat.encoders": "AirflowJsonEncoder WebEncoder json_ser",
    "compat.exceptions": "AirflowContextDeprecationWarning=RemovedInAirflow3Warning",
    "compat.helpers": "TRUE_LIKE_VALUES check_cycle context_copy_partial context_merge "
    "context_to_airflow_vars determine_kwargs get_random_string import_string "
    "make_kwargs_callable qualname remove_task_decorator test_cycle to_boolean",
    "compat.keys": "TaskInstanceKey",
    "compat.lineage": "AUTO Column DataBase DataSet HadoopFile File OldFile "
    "PIPELINE_INLETS PIPELINE_OUTLETS Table Tag User apply_lineage prepare_lineage",
    "compat.mixins": "ANSI_ESCAPE ArgNotSet DagRunType LoggingMixin NEW_SESSION NOTSET "
    "StreamLogWriter create_session provide_session redirect_stderr redirect_stdout "
    "remove_escape_codes",
    "compat.parsing": "AirflowParsingContext get_parsing_context",
    "compat.open_blocks": "DagContext TaskGroupContext",
    "compat.plugins": "AirflowPlugin BaseOperatorLink hookimpl",
    "compat.start_args": "StartTriggerArgs",
    "compat.processes": "DEFAULT_TIME_TO_WAIT_AFTER_SIGTERM reap_process_group",
    "compat.stdlib": "Final Literal NamedTuple ParamSpec Protocol Self TypeAlias TypeGuard TypedDict "
    "cache cached_property lru_cache md5 runtime_checkable",
    "compat.timeouts": "TimeoutPosix timeout",
    "compat.version": "PY36 PY37 PY38 PY39 PY310 PY311 PY312",
    "connection": "BaseHook CONN_ENV_PREFIX Connection ConnectionAccessor",
    "context": "Context KNOWN_CONTEXT_KEYS=CONTEXT_KEYS get_current_context "
    "set_current_context=running_in",
    "dag": "DAG",
    "decorators": "DecoratedOperator TaskDecorator context_wrapper dag setup task "
    "task_decorator_factory task_group teardown",
    "decorators.assets": "AssetDefinition asset",
    "decorators.by_name": "bash_task branch_external_python_task branch_task branch_virtualenv_task "
    "external_python_task get_unique_task_id python_task run_if sensor_task setup_task "
    "short_circuit_task skip_if teardown_task virtualenv_task",
    "decorators.groups": "TaskGroupDecorator",
    "decorators.operators": "PythonDecoratedOperator=DecoratedPythonOperator",
    "edges": "EdgeModifier Label",
    "exceptions": "AirflowException AirflowSkipException",
    "hooks.filesystem": "FSHook",
    "hooks.http": "HttpHook",
    "hooks.sql": "DbApiHook MsSqlHook MySqlHook OracleHook PostgresHook SqliteHook "
    "fetch_all_handler fetch_one_handler",
    "hooks.subprocess": "SubprocessHook SubprocessResult",
    "mapping": "MappedOperator OperatorPartial",
    "notifiers.base": "BaseNotifier",
    "notifiers.smtp": "SmtpNotifier send_smtp_notification",
    "operator_meta": "BaseOperatorMeta=OperatorMeta",
    "operators.bash": "BashOperator",
    "operators.branch": "BaseBranchOperator BranchMixIn SkipMixin",
    "operators.dag": "DagOperator",
    "operators.datetime": "BranchDateTimeOperator BranchDayOfWeekOperator",
    "operators.email": "EmailOperator get_email_address_list send_email send_email_smtp",
    "operators.empty": "DummyOperator EmptyOperator SmoothOperator=EmptyOperator",
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
    "relations": "DAGNode=DependencyMixin DependencyMixin TaskMixin=DependencyMixin chain "
    "chain_linear cross_downstream",
    "resolving": "LiteralValue literal",
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
    "setup_teardown": "BaseSetupTeardownContext=SetupTeardownContext ContextWrapper "
    "SetupTeardownContext",
    "storage": "ObjectStoragePath ObjectStore attach get_fs has_fs",
    "states": "DagRunState JobState State TaskInstanceState",
    "taskgroup": "MappedTaskGroup TaskGroup",
    "taskinstance": "DagRun DagRunProtocol=DagRun RuntimeTaskInstanceProtocol=TaskInstance "
    "TaskInstance",
    "timetables": "AssetOrTimeSchedule CronDataIntervalTimetable CronTriggerTimetable "
    "DeltaDataIntervalTimetable DeltaTriggerTimetable EventsTimetable MultipleCronTriggerTimetable",
    "trigger_rule": "TriggerRule WeightRule",
    "triggers.base": "BaseTrigger TriggerEvent",
    "triggers.external_task": "DagStateTrigger TaskStateTrigger WorkflowTrigger",
    "triggers.file": "FileTrigger",
    "triggers.testing": "FailureTrigger SuccessTrigger",
    "triggers.temporal": "DateTimeTrigger TimeDeltaTrigger",
    "variable": "Variable VariableAccessor",
    "weights": "PriorityWeightStrategy",
    "xcom": "XCOM_RETURN_KEY",
    "xcom_arg": "ConcatXComArg MapXComArg PlainXComArg XComArg ZipXComArg",
}

#: name -> (module of couture_operators, attribute)
HOME = {
    item.partition("=")[0]: (module, item.rpartition("=")[2])
    for module, items in _HOMES.items()
    for item in items.split()
}
