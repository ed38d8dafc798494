"""The example files that are not imported, and why; reviewed by hand."""

_GOOGLE = "Google Cloud"
_AMAZON = "Amazon Web Services"
_AZURE = "Microsoft Azure"

#: those that need a service or package of a third party
THIRD_PARTY = {
    "1.10.15/main": {
        "example_kubernetes_executor_config.py": "Kubernetes: settings of its pods, and a helper of "
        "the contrib examples, which are another folder",
        "example_pig_operator.py": "Apache Pig",
    },
    "1.10.15/contrib": {
        "example_azure_container_instances_operator.py": _AZURE,
        "example_azure_cosmosdb_sensor.py": _AZURE,
        "example_databricks_operator.py": "Databricks",
        "example_dingding_operator.py": "DingTalk",
        "example_emr_job_flow_automatic_steps.py": _AMAZON,
        "example_emr_job_flow_manual_steps.py": _AMAZON,
        "example_gcp_bigtable_operators.py": _GOOGLE,
        "example_gcp_cloud_build.py": _GOOGLE,
        "example_gcp_compute.py": _GOOGLE,
        "example_gcp_compute_igm.py": _GOOGLE,
        "example_gcp_dataproc_create_cluster.py": _GOOGLE,
        "example_gcp_dataproc_pig_operator.py": _GOOGLE,
        "example_gcp_dlp_operator.py": _GOOGLE,
        "example_gcp_function.py": _GOOGLE,
        "example_gcp_natural_language.py": _GOOGLE,
        "example_gcp_spanner.py": _GOOGLE,
        "example_gcp_speech.py": _GOOGLE,
        "example_gcp_sql.py": _GOOGLE,
        "example_gcp_sql_query.py": _GOOGLE,
        "example_gcp_transfer.py": _GOOGLE,
        "example_gcp_translate.py": _GOOGLE,
        "example_gcp_video_intelligence.py": _GOOGLE,
        "example_gcp_vision.py": _GOOGLE,
        "example_gcs_acl.py": _GOOGLE,
        "example_gcs_to_gdrive.py": _GOOGLE,
        "example_pubsub_flow.py": _GOOGLE,
        "example_qubole_operator.py": "Qubole",
        "example_qubole_sensor.py": "Qubole",
        "example_twitter_dag.py": "Apache Hive",
        "example_winrm_operator.py": "a Windows machine",
    },
    "2.10.5/main": {
        "example_local_kubernetes_executor.py": "Kubernetes: reads a setting of its executor",
    },
}

#: those that could do without one
OURS = {
    "1.10.15/main": {},
    "1.10.15/contrib": {},
    "2.10.5/main": {
        "example_workday_timetable.py": "its timetable compares a date with a time zone to one "
        "without: Airflow reads the file and then cannot schedule it",
    },
}
