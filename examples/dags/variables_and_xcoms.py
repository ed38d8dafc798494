"""The manual's other snippets of variables and XComs, made into a DAG that runs on its own."""

from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.operators.python_operator import PythonOperator


def set_variables():
    Variable.set("foo", "a text")
    Variable.set("bar", {"tables": ["ratings", "users"]}, serialize_json=True)


def get_variables():
    foo = Variable.get("foo")
    bar = Variable.get("bar", deserialize_json=True)
    baz = Variable.get("baz", default_var=None)
    print(foo, bar, baz)
    return bar["tables"]


# inside a PythonOperator called 'pushing_task'
def push_function():
    value = 42
    return value


# inside another PythonOperator
def pull_function(task_instance):
    value = task_instance.xcom_pull(task_ids='pushing_task')
    print(value)


with DAG('variables_and_xcoms', start_date=datetime(2018, 10, 2), schedule_interval=None) as dag:
    setting = PythonOperator(task_id='set_variables', python_callable=set_variables)
    getting = PythonOperator(task_id='get_variables', python_callable=get_variables)
    pushing = PythonOperator(task_id='pushing_task', python_callable=push_function)
    pulling = PythonOperator(task_id='pulling_task', python_callable=pull_function)

    setting >> getting
    pushing >> pulling
