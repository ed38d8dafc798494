"""Why a module or name of Airflow is not offered here, in one sentence, and what to use instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from airflow._advice import ADVICE
from airflow._offered import offered_names

#: words of a module's path -> the system, and what reaches it from a PythonOperator
_SYSTEMS: tuple[tuple[str, str, str], ...] = (
    (r"kubernetes|k8s|executor_config", "Kubernetes", "the package kubernetes"),
    (
        r"amazon|aws|awsbatch|s3|emr|ecs|sagemaker|sqs|sns|redshift|dynamodb|athena|glue|ec2",
        "Amazon Web Services",
        "the package boto3",
    ),
    (
        r"google|gcp|gcs|bigquery|bigtable|dataproc|dataflow|mlengine|datastore|pubsub|gdrive"
        r"|spanner|stackdriver|cloudsql|suite",
        "Google Cloud",
        "Google's own client packages",
    ),
    (r"winrm|psrp", "Windows Remote Management", "the package pywinrm or pypsrp"),
    (r"azure|wasb|adls|cosmos|adx|fileshare|microsoft", "Microsoft Azure", "Azure's own packages"),
    (r"spark", "Spark", "CouturePySparkOperator or CoutureSparkOperator"),
    (r"sftp|ssh", "SSH", "a BashOperator with ssh or scp, or the package paramiko"),
    (r"ftp", "FTP", "the standard module ftplib"),
    (r"imap", "IMAP", "the standard module imaplib"),
    (r"jdbc", "JDBC", "an SQLExecuteQueryOperator with a database's own Python driver"),
    (r"odbc", "ODBC", "an SQLExecuteQueryOperator over the package pyodbc"),
    (r"docker", "Docker", "a BashOperator with docker run, or the package docker"),
    (r"hive|beeline|metastore", "Hive", "the package PyHive, or a BashOperator with beeline"),
    (r"hdfs|webhdfs|sqoop|pig", "Hadoop", "a BashOperator with Hadoop's commands"),
    (r"presto|trino", "Trino", "an SQLExecuteQueryOperator over the package trino"),
    (r"snowflake", "Snowflake", "an SQLExecuteQueryOperator over snowflake-sqlalchemy"),
    (r"oracle_to_oracle", "Oracle", "a GenericTransfer between two connections"),
    (r"vertica|druid|pinot|teradata|exasol", "that database", "its own Python driver"),
    (r"dbt", "dbt", "a BashOperator with dbt"),
    (r"databricks", "Databricks", "the package databricks-sdk"),
    (r"qubole", "Qubole", "the package qds-sdk"),
    (r"slack|discord|dingding|hipchat|telegram", "that messenger", "an HttpOperator on its API"),
    (r"sendgrid", "SendGrid", "an EmailOperator"),
    (r"redis|mongo|cassandra|neo4j|influxdb|arangodb|elasticsearch", "that store", "its package"),
    (r"jira|zendesk|salesforce|opsgenie|pagerduty|segment|jenkins|datadog|openfaas|cloudant|grpc"
     r"|samba|asana|tableau|airbyte|fivetran|dingding", "that service", "its own Python package"),
)  # fmt: skip
#: packages of several providers: the module below tells which
NAMESPACES = (
    *("providers.apache", "providers.atlassian", "providers.cncf", "providers.common"),
    *("providers.dbt", "providers.microsoft"),
)


def reason(below: str, paths: Mapping[str, str], names: set[str]) -> str:
    """The sentence for a module (without `airflow.`) or a name in one that is not offered."""
    parent, _, name = below.rpartition(".")
    full = f"airflow.{below}"
    if (
        below not in ADVICE
        and parent in paths
        and (near := _nearest(name, offered_names(paths[parent]), 0.88))
    ):
        return f"airflow.{parent} has no {name} here. Did you mean {near}?"
    if advice := _advice(below):
        return f"{full} is not available: {advice}."
    is_leaf = not any(path.startswith(f"{parent}.") for path in paths)
    if parent in paths and (is_leaf or not name.islower()):
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


def _advice(below: str) -> str | None:
    """The sentence of the longest path in the table that a path is or lies below."""
    while below and below not in ADVICE:
        below = below.rpartition(".")[0]
    return ADVICE.get(below)


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
