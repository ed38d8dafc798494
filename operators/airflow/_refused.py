"""Why a module or name of Airflow is not offered here, in one sentence, and what to use instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

#: words of a module's path -> the system, and what reaches it from a PythonOperator
_SYSTEMS: tuple[tuple[str, str, str], ...] = (
    (r"kubernetes|k8s|executor_config", "Kubernetes", "the package kubernetes"),
    (
        r"amazon|aws|s3|emr|ecs|sagemaker|sqs|sns|redshift|dynamodb|athena|glue|ec2",
        "Amazon Web Services",
        "the package boto3",
    ),
    (
        r"google|gcp|gcs|bigquery|bigtable|dataproc|dataflow|mlengine|datastore|pubsub|gdrive"
        r"|spanner|stackdriver|cloudsql|suite",
        "Google Cloud",
        "Google's own client packages",
    ),
    (r"azure|wasb|adls|cosmos|adx|fileshare|microsoft", "Microsoft Azure", "Azure's own packages"),
    (r"spark", "Spark", "CouturePySparkOperator or CoutureSparkOperator"),
    (r"sftp|ssh", "SSH", "a BashOperator with ssh or scp, or the package paramiko"),
    (r"ftp", "FTP", "the standard module ftplib"),
    (r"imap", "IMAP", "the standard module imaplib"),
    (r"jdbc", "JDBC", "an SQLExecuteQueryOperator with a database's own Python driver"),
    (r"odbc", "ODBC", "an SQLExecuteQueryOperator over the package pyodbc"),
    (r"docker", "Docker", "a BashOperator with docker run, or the package docker"),
    (r"hive|beeline", "Hive", "the package PyHive, or a BashOperator with beeline"),
    (r"hdfs|sqoop|pig", "Hadoop", "a BashOperator with Hadoop's commands"),
    (r"presto|trino", "Trino", "an SQLExecuteQueryOperator over the package trino"),
    (r"snowflake", "Snowflake", "an SQLExecuteQueryOperator over snowflake-sqlalchemy"),
    (r"vertica|druid|pinot|teradata|exasol", "that database", "its own Python driver"),
    (r"dbt", "dbt", "a BashOperator with dbt"),
    (r"databricks", "Databricks", "the package databricks-sdk"),
    (r"qubole", "Qubole", "the package qds-sdk"),
    (r"slack|discord|dingding|hipchat|telegram", "that messenger", "an HttpOperator on its API"),
    (r"sendgrid", "SendGrid", "an EmailOperator"),
    (r"winrm", "WinRM", "the package pywinrm"),
    (r"redis|mongo|cassandra|neo4j|influxdb|arangodb|elasticsearch", "that store", "its package"),
    (r"jira|zendesk|salesforce|opsgenie|pagerduty|segment|jenkins|datadog|openfaas|cloudant|grpc"
     r"|samba|asana|tableau|airbyte|fivetran|dingding", "that service", "its own Python package"),
)  # fmt: skip
#: packages of several providers: the module below tells which
NAMESPACES = (
    *("providers.apache", "providers.atlassian", "providers.cncf", "providers.common"),
    *("providers.dbt", "providers.microsoft"),
)
_TABLES = "tasks do not reach the scheduler's database; use the HTTP API"
_GENERAL = {
    "models.DagBag": "DAG files are read by the scheduler; `couture dags list` shows what it found",
    "models.XCom": "use ti.xcom_push and ti.xcom_pull",
    "models.Pool": "pools are made under Admin > Pools, by the HTTP API and by `couture pools`",
    "models.DagModel": "the HTTP API and `couture dags` tell about DAGs",
    "models.DagTag": _TABLES,
    "models.ImportError": _TABLES,
    "models.serialized_dag": _TABLES,
    "models.dag.get_last_dagrun": _TABLES,
    "models.MappedOperator": "use .expand of an operator",
    "utils.db": _TABLES,
    "api": "use this product's HTTP API, which has the shape of Airflow's",
    "www": "there is no Flask application here",
    "security": "people and roles are managed in the admin pages",
    "executors": "the deployment chooses its executor",
    "jobs": "the scheduler is not part of what DAG files see",
    "cli": "use the command couture",
}


def reason(below: str, paths: Mapping[str, str], names: set[str]) -> str:
    """The sentence for a module (without `airflow.`) or a name in one that is not offered."""
    parent, _, name = below.rpartition(".")
    full = f"airflow.{below}"
    for begin, advice in _GENERAL.items():
        if below == begin or below.startswith(f"{begin}."):
            return f"{full} is not available: {advice}."
    if parent in paths and not name.islower():
        return _missing_name(parent, name, paths, names)
    if sentence := _of_a_system(below):
        return sentence
    if below.startswith("providers."):
        return (
            f"{full} is not available: Airflow's provider packages need apache-airflow itself, "
            "which cannot be installed beside this product; use the system's own Python package "
            "in a PythonOperator instead."
        )
    near = _nearest(below, paths, 0.8)
    hint = f" Did you mean airflow.{near}?" if near else ""
    return f"{full} is no module of Airflow that is offered here.{hint}"


def _of_a_system(below: str) -> str | None:
    """The sentence for a module or class of a system whose words are in its name."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", below).lower()
    for pattern, system, instead in _SYSTEMS:
        if re.search(rf"(?<![a-z0-9])(?:{pattern})(?![a-z])", words):
            return (
                f"airflow.{below} is not available: Airflow's modules for {system} need "
                "apache-airflow itself, which cannot be installed beside this product; use "
                f"{instead} instead."
            )
    return None


def _missing_name(parent: str, name: str, paths: Mapping[str, str], names: set[str]) -> str:
    if name in names:
        places = sorted(path for path, offered in paths.items() if name in offered.split())
        if places:
            return f"{name} is not in airflow.{parent}; import it from airflow.{places[0]}."
    near = _nearest(name, names, 0.88)
    hint = f" Did you mean {near}?" if near else ""
    if not near and (sentence := _of_a_system(f"{parent}.{name}")):
        return sentence
    if not near and parent in ("hooks", "operators", "sensors"):
        hint = " If a plugin of yours defines it, import it from the plugin's own module."
    return f"airflow.{parent} has no {name} here.{hint}"


def _nearest(name: str, known: Iterable[str], likeness: float) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(known), 1, likeness)), None)
