"""The manual's master DAG: a DAG of DAGs, which starts another one if a condition holds."""

from datetime import datetime

from airflow import DAG
from airflow.operators.dag_operator import DagOperator

dag = DAG('MasterDAG', start_date=datetime(2018, 10, 8), schedule_interval=None)


def conditionally_trigger(context, dag_run_obj):
    """This function decides whether or not to Trigger the remote DAG"""
    if context['params']['condition_param']:
        dag_run_obj.payload = {'message': context['params']['message']}
        return dag_run_obj


schema_generation = DagOperator(
    task_id='SchemaGeneration',
    run_dag_id="ExampleSchemaGeneration",
    python_callable=conditionally_trigger,
    params={'condition_param': True, 'message': 'Hii there!!'},
    dag=dag,
)
