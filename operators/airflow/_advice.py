"""What of Airflow is not offered here, by module and name: the reason, or what to use instead.

Reviewed against the distributions of 1.10.15 and 2.10.5; tests/corpus/test_names.py says when something
of them has no sentence. A path stands for all below it; the longest that fits counts.
"""

_MACHINERY = "it is a part of Airflow's own machinery, which DAG files have no use for"
_TYPES = "it only annotates Airflow's own code; leave the annotation out"
_TABLES = "tasks do not reach the scheduler's database; use the HTTP API"
_XCOMS = "the engine stores XComs; use ti.xcom_push and ti.xcom_pull"
_WEB = "this product's pages are no Flask application"
_LOGS = "the engine writes and keeps the logs; a task logs with self.log, logging or print"
_LINKS = "operators show no links of their own"
_METRICS = "metrics are measured and sent by the engine"

_ADVICE = {
    _MACHINERY: """
        __main__ callbacks dag dag.base_dag dag_processing default_login io.typedef io.utils
        listeners.listener listeners.spec metrics.protocols models.db_callback_request
        models.expandinput sentry serialization template ti_deps timetables._cron traces
        utils.dag_edges utils.dag_processing utils.deprecation_tools utils.docs utils.empty_set
        utils.entry_points utils.event_scheduler utils.mixins utils.operator_resources
        utils.providers_configuration_loader utils.pydantic utils.retries utils.sensor_helper
        utils.singleton utils.tests utils.warnings
        """,
    _TYPES: """
        configuration.ConfigOptionsDictType configuration.ConfigSectionSourcesType
        configuration.ConfigSourcesType configuration.ConfigType decorators.base.ExpandableFactory
        decorators.base.FParams decorators.base.FReturn decorators.base.OperatorSubclass
        decorators.base.Task decorators.task_group.FParams decorators.task_group.FReturn
        decorators.task_group.task_group_sig utils.log.secrets_masker.Redactable
        utils.log.secrets_masker.Redacted utils.types
        """,
    _TABLES: """
        models.DagTag models.ImportError models.KnownEvent models.KnownEventType models.Log
        models.RenderedTaskInstanceFields models.SlaMiss models.TaskFail models.TaskReschedule
        models.Trigger models.User models.Base models.ID_LEN models.base models.chart models.Chart
        models.clear_task_instances models.dag.DagModel models.dag.DagOwnerAttributes
        models.dag.DagTag models.dag.get_last_dagrun models.dag.get_dataset_triggered_next_run_info
        models.dagcode models.dagpickle models.DagPickle models.DbCallbackRequest models.dagrun
        models.dagwarning models.DagWarning models.dataset models.errors models.import_all_models
        models.knownevent models.log models.renderedtifields models.serialized_dag models.slamiss
        models.taskfail models.taskinstance.TaskInstanceNote
        models.taskinstance.clear_task_instances models.taskinstancehistory models.tasklog
        models.taskmap models.taskreschedule models.trigger models.user utils.db utils.db_cleanup
        utils.orm_event_handlers utils.session utils.sqlalchemy utils.task_instance_session
        """,
    _XCOMS: "models.XCom models.BaseXCom models.xcom sdk.BaseXCom utils.json.XComDecoder "
    "utils.json.XComEncoder sdk.execution_time.xcom sdk.bases.xcom",
    _WEB: "templates www www_rbac login load_login utils.airflow_flask_app "
    "utils.json.AirflowJsonProvider "
    "utils.helpers.build_airflow_url_with_query config_templates.default_webserver_config "
    "contrib.auth api_connexion api_internal auth",
    _LOGS: "logging_config config_templates contrib.utils.log utils.log "
    "utils.helpers.render_log_filename utils.serve_logs",
    _LINKS: "sensors.external_task.ExternalTaskSensorLink sensors.external_task.ExternalDagLink "
    "sensors.external_task_sensor.ExternalTaskSensorLink "
    "operators.trigger_dagrun.TriggerDagRunLink "
    "operators.trigger_dagrun.XCOM_LOGICAL_DATE_ISO operators.trigger_dagrun.XCOM_RUN_ID",
    _METRICS: "metrics settings.Stats settings.DummyStatsLogger settings.SafeStatsdLogger "
    "settings.AllowListValidator",
    "the arguments of BaseOperator have these defaults; leave the argument out": (
        "models.abstractoperator"
    ),
    "DAG files are read by the scheduler; `couture dags list` shows what it found": (
        "models.DagBag models.dagbag"
    ),
    "pools are made under Admin > Pools, by the HTTP API and by `couture pools`": (
        "models.Pool models.pool"
    ),
    "the HTTP API and `couture dags` tell about DAGs": "models.DagModel",
    "use this product's HTTP API, which has the shape of Airflow's": "api",
    "people and roles are managed in the admin pages": "security",
    "the deployment chooses its executor": "executors contrib.executors contrib.task_runner "
    "task.task_runner",
    "the scheduler is not part of what DAG files see": "jobs utils.scheduler_health",
    "use the command couture": "cli bin utils.cli utils.cli_action_loggers",
    "variables and connections are kept encrypted by the engine, which asks no other store": (
        "secrets contrib.secrets configuration.ensure_secrets_loaded "
        "configuration.get_custom_secret_backend configuration.initialize_secrets_backends "
        "configuration.secrets_backend_list"
    ),
    "settings of the deployment are read with conf.get where this product has a counterpart": (
        "configuration utils.configuration"
    ),
    "what a task has of the deployment are its folders; conf.get answers for other settings": (
        "settings"
    ),
    "policies that change DAGs and tasks are not called; a DAG's default_args set what its tasks have "
    "in common": (
        "policies settings.policy settings.task_policy settings.dag_policy "
        "settings.task_instance_mutation_hook settings.pod_mutation_hook"
    ),
    "keys are made and changed by `couture rotate-fernet-key`": "configuration.generate_fernet_key "
    "configuration.FERNET_KEY models.crypto",
    "plugins are not loaded; what a DAG file uses itself, such as a timetable, needs none": (
        "plugins_manager AirflowMacroPlugin AirflowViewPlugin providers_manager"
    ),
    "updates of assets come from tasks, over the HTTP API and from the pages": "datasets.manager "
    "datasets.expand_alias_to_datasets datasets.extract_event_key datasets.normalize_noop "
    "datasets.DatasetAliasEvent",
    "no lineage is kept but that of assets": "lineage operators.papermill_operator.NoteBook",
    "nobody can answer a question of a task; let a param of the run or a sensor decide": (
        "utils.helpers.ask_yesno utils.helpers.prompt_with_timeout "
        "utils.process_utils.execute_interactive"
    ),
    "the standard module inspect has it": "utils.decorators.signature",
    "the standard module pkgutil lists modules": "utils.module_loading.iter_namespace",
    "the standard function contextlib.chdir changes the folder": (
        "hooks.subprocess.working_directory"
    ),
    "send_email takes the parts of a mail, and the engine sends it": "utils.email",
    "the package Babel writes dates in other languages": "macros.ds_format_locale",
    "the package PyYAML reads and writes YAML": "utils.yaml",
    "the standard modules platform, getpass and sys tell about the machine": "utils.platform",
    "Lab shows the graph of a DAG; `python file.py show` prints it": "utils.dot_renderer",
    "it prints pictures and code for Airflow's developers": "utils.asciiart utils.code_utils",
    "the package PyJWT signs tokens": "utils.jwt_signer",
    "the rules are 'downstream', 'upstream' and 'absolute'; an instance of a class of "
    "PriorityWeightStrategy may stand for one": "task.priority_strategy",
    "let the trigger yield a TriggerEvent, and the method that `defer` names end the task": (
        "triggers.base"
    ),
    "pip's own index settings, or the operator's index_urls, name package indexes": (
        "hooks.package_index"
    ),
    "use @task.sensor": "decorators.sensor.DecoratedSensorOperator",
    "use @task.run_if or @task.skip_if": "decorators.condition.combine_hooks "
    "decorators.condition.wrap_skip",
    "use .expand of what @task made": "decorators.base.DecoratedMappedOperator",
    "let a DAG with a sensor update the asset": "sdk.AssetWatcher "
    "sdk.definitions.asset.AssetWatcher",
    "set the DAG's dagrun_timeout, or the sla of a task": "sdk.DeadlineAlert "
    "sdk.DeadlineReference sdk.definitions.deadline",
    "it asks the database and smart sensors are gone from Airflow too; use mode='reschedule' or "
    "deferrable=True of a sensor": "sensors.smart_sensor models.sensorinstance",
}

#: the names of Airflow's machinery in modules that have other names here
_INSIDE = {
    "io.path": ("TrackingFileWrapper default"),
    "models.baseoperator": (
        "BASEOPERATOR_ARGS_EXPECTED_TYPES ExecutorSafeguard coerce_resources coerce_timedelta "
        "get_merged_defaults parse_retries partial"
    ),
    "models.connection": (
        "CONN_ID_MAX_LEN RE_SANITIZE_CONN_ID parse_netloc_to_hostname sanitize_conn_id"
    ),
    "models.dag": (
        "DAG_ARGS_EXPECTED_TYPES DEFAULT_SCHEDULE_INTERVAL DEFAULT_VIEW_PRESETS "
        "InconsistentDataInterval ORIENTATION_PRESETS STATICA_HACK TAG_MAX_LEN create_timetable"
    ),
    "models.mappedoperator": (
        "ValidationSource ensure_xcomarg_return_value validate_mapping_kwargs"
    ),
    "models.param": ("process_params"),
    "models.skipmixin": ("XCOM_SKIPMIXIN_FOLLOWED XCOM_SKIPMIXIN_KEY XCOM_SKIPMIXIN_SKIPPED"),
    "models.taskinstance": ("PAST_DEPENDS_MET STATICA_HACK SimpleTaskInstance TaskReturnCode"),
    "models.xcom_arg": ("MapCallables deserialize_xcom_arg serialize_xcom_arg"),
    "operators.datetime": ("target_times_as_dates"),
    "operators.sql": ("ALLOWED_CONN_TYPE"),
    "operators.subdag": ("SkippedStatePropagationOptions"),
    "utils.context": (
        "LazyDatasetEventSelectSequence context_get_outlet_events context_update_for_unmapped "
        "lazy_mapping_from_context"
    ),
    "utils.dag_cycle_tester": ("CYCLE_DONE CYCLE_IN_PROGRESS CYCLE_NEW"),
    "utils.decorators": ("PY2 fixup_decorator_warning_stack"),
    "utils.file": (
        "COMMENT_PATTERN MODIFIED_DAG_MODULE_NAME find_dag_file_paths find_path_from_directory "
        "get_unique_dag_module_name iter_airflow_imports might_contain_dag_via_default_heuristic"
    ),
    "utils.helpers": ("AirflowImporter prevent_duplicates validate_instance_args"),
    "utils.operator_helpers": (
        "AIRFLOW_VAR_NAME_FORMAT_MAPPING DEFAULT_FORMAT_PREFIX ENV_VAR_FORMAT_PREFIX "
        "ExecutionCallableRunner KeywordParameters"
    ),
    "utils.process_utils": ("check_if_pidfile_process_is_running"),
    "utils.python_virtualenv": ("write_python_script"),
    "utils.task_group": ("TASKGROUP_ARGS_EXPECTED_TYPES task_group_to_dict"),
    "utils.timeout": ("TimeoutWindows"),
    "utils.weight_rule": ("DB_SAFE_MAXIMUM DB_SAFE_MINIMUM db_safe_priority"),
    "utils.xcom": ("MAX_XCOM_SIZE"),
}

#: path -> its sentence
ADVICE = {path: sentence for sentence, paths in _ADVICE.items() for path in paths.split()} | {
    f"{module}.{name}": _MACHINERY for module, names in _INSIDE.items() for name in names.split()
}
