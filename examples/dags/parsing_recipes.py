"""The manual's XCom example: one task returns a value, the next one pulls it."""

from datetime import datetime

from airflow import DAG
from airflow.operators.python_operator import PythonOperator


def parse_recipes(**kwargs):
  return 'RETURNS parse_recipes'


def download_image(**kwargs):
  ti = kwargs['ti']
  v1 = ti.xcom_pull(key=None, task_ids='parse_recipes')
  print('Printing Task 1 values in Download_image')
  print(v1)
  return 'download_image'


with DAG('parsing_recipes', start_date=datetime(2018, 10, 2), schedule_interval=None) as dag:
    opr_parse_recipes = PythonOperator(task_id='parse_recipes',
                                       python_callable=parse_recipes,
                                       provide_context=True)

    opr_download_image = PythonOperator(task_id='download_image',
                                        python_callable=download_image,
                                        provide_context=True)

    opr_parse_recipes >> opr_download_image
