"""The DAG that the manual's master DAG starts; it prints the message that it was started with."""

from datetime import datetime

from airflow import DAG
from airflow.operators.python_operator import PythonOperator


def generate_schema(dag_run, **kwargs):
    print('Message from the master DAG:', dag_run.conf.get('message', 'none'))
    return ['user_id INTEGER', 'item_id INTEGER', 'rating REAL']


dag = DAG('ExampleSchemaGeneration', start_date=datetime(2018, 10, 8), schedule_interval=None)

generate = PythonOperator(
    task_id='generate_schema',
    python_callable=generate_schema,
    provide_context=True,
    dag=dag,
)
