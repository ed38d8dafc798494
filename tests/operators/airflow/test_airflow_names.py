"""The names of Airflow that DAG files import, and the sentences for those that are not there."""

import importlib
import re

import pytest
from packaging.version import Version

import airflow
from airflow._finder import offered_names
from airflow._names import HOME
from airflow._paths import CARRIED, PATHS


@pytest.mark.parametrize("path", sorted(PATHS))
def test_a_module_of_the_table_offers_all_its_names(path):
    module = importlib.import_module(f"airflow.{path}")
    assert offered_names(PATHS[path])
    for name in offered_names(PATHS[path]):
        assert getattr(module, name) is not None or name == "NEW_SESSION"


def test_every_home_is_used_by_a_module():
    offered = [*PATHS.values(), *CARRIED.values()]
    used = {name.rpartition("=")[2] for entry in offered for name in entry.split()}
    used |= set(airflow._LATER.split())
    assert set(HOME) - used == set()


def test_names_are_reached_in_all_forms_of_import():
    import airflow.utils.dates
    from airflow.operators import BashOperator, bash_operator
    from airflow.operators.bash import BashOperator as Later

    from airflow import DAG, models

    assert models.DAG is DAG is airflow.DAG
    assert bash_operator.BashOperator is BashOperator is Later
    assert airflow.utils.dates.days_ago(1) < airflow.utils.dates.days_ago(0)
    assert airflow.models.Variable.__module__.startswith("couture_operators")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("operators.python", "BaseBranchOperator"),
        ("operators.python_operator", "BaseOperator"),
        ("sensors.base_sensor_operator", "apply_defaults"),
        ("hooks.dbapi_hook", "AirflowException"),
        ("models.dagrun", "DagRunType"),
    ],
)
def test_a_module_passes_on_what_airflows_module_imports(module, name):
    assert getattr(importlib.import_module(f"airflow.{module}"), name).__name__ == name


def test_a_star_import_takes_what_the_table_offers():
    names = {}
    exec("from airflow.operators.dummy_operator import *", names)
    assert {"DummyOperator", "EmptyOperator"} <= set(names)


def test_the_version_is_taken_for_airflow_2():
    assert Version("2") <= Version(airflow.__version__) < Version("3")
    assert tuple(map(int, airflow.__version__.split("."))) > (2,)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("from airflow.providers.amazon.aws.hooks.s3 import S3Hook", "Amazon Web Services.*boto3"),
        ("from airflow.providers.cncf.kubernetes.operators.pod import P", "Kubernetes"),
        ("from airflow.providers.apache.spark.operators.spark_submit import S", "CoutureSpark"),
        ("import airflow.providers.nobody.knows.it", "provider packages need apache-airflow"),
        ("from airflow.contrib.operators.gcs_to_bq import G", "Google Cloud"),
        ("from airflow.contrib.operators import ssh_operator", "SSH.*BashOperator"),
        ("from airflow.operators.hive_operator import HiveOperator", "Hive"),
        ("from airflow.operators.jdbc_operator import JdbcOperator", "JDBC.*SQLExecuteQuery"),
        ("from airflow.operators.mysql_to_hive import MySqlToHiveTransfer", "Hive"),
        ("from airflow.models import DagBag", "couture dags list"),
        ("from airflow.operators.bash import PythonOperator", "import it from airflow.operators"),
        ("from airflow.operators.bash import BashOperater", "Did you mean BashOperator"),
        ("from airflow.hooks import S3Hook", "Amazon Web Services"),
        ("from airflow.operators import OurOwnThing", "import it from the plugin's own module"),
        ("import airflow.operators.pythn", "Did you mean airflow.operators.python"),
    ],
)
def test_what_is_not_offered_says_why_in_one_sentence(statement, words):
    with pytest.raises(ModuleNotFoundError) as caught:
        exec(statement)
    sentence = str(caught.value)
    assert re.search(words, sentence)
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))


def test_asking_whether_a_name_exists_is_answered_without_an_error():
    module = importlib.import_module("airflow.operators.bash")
    assert not hasattr(module, "S3Hook")
    assert getattr(module, "__wrapped__", None) is None


def test_nothing_outside_of_airflow_is_touched():
    with pytest.raises(ModuleNotFoundError, match="No module named 'airflowish'"):
        importlib.import_module("airflowish")
    assert importlib.util.find_spec("airflowish") is None


def test_a_session_of_the_database_is_refused_when_it_is_used():
    from airflow.exceptions import AirflowException
    from airflow.utils.db import provide_session

    @provide_session
    def count(session=None):
        return 1

    with pytest.raises(AirflowException, match="do not reach the scheduler's database"):
        count()


def test_settings_are_answered_or_refused_with_a_sentence(monkeypatch):
    from airflow.configuration import conf
    from airflow.exceptions import AirflowConfigException

    monkeypatch.setenv("COUTURE_HOME", "/srv/couture")
    monkeypatch.setenv("AIRFLOW__MINE__NUMBER", "7")
    assert conf.get("core", "dags_folder") == "/srv/couture/dags"
    assert conf.getint("mine", "number") == 7
    assert conf.getboolean("core", "load_examples") is False
    assert conf.getfloat("no", "such", fallback=1.5) == 1.5
    with pytest.raises(AirflowConfigException, match=r"\[webserver\] workers has no counterpart"):
        conf.get("webserver", "workers")
    assert conf.as_dict()["mine"] == {"number": "7"}


def test_the_address_of_the_pages_is_the_deployments_base_url(monkeypatch):
    from airflow.configuration import conf
    from airflow.exceptions import AirflowConfigException

    monkeypatch.setenv("COUTURE_BASE_URL", "https://jupyter.example")
    assert conf.get("webserver", "base_url") == "https://jupyter.example"
    assert conf.get("api", "base_url") == "https://jupyter.example"
    monkeypatch.setenv("COUTURE_BASE_URL", "")
    assert conf.get("webserver", "base_url", fallback=None) is None
    with pytest.raises(AirflowConfigException):
        conf.get("webserver", "base_url")
