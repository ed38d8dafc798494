"""The manual's ways to state dependencies. An edge stated twice is an error, so each way has a DAG."""

from datetime import datetime

from airflow import DAG
from airflow.operators.bash_operator import BashOperator


def three_tasks(dag_id):
    dag = DAG(dag_id, start_date=datetime(2024, 1, 1), schedule_interval=None, tags=['manual'])
    return dag, [
        BashOperator(task_id=task_id, bash_command=f'echo {task_id}', dag=dag)
        for task_id in ('t1', 't2', 't3')
    ]


set_downstream, (t1, t2, t3) = three_tasks('dependencies_set_downstream')
t1.set_downstream(t2)
# This means that t2 will depend on t1
# running successfully to run.

# It is equivalent to:
set_upstream, (t1, t2, t3) = three_tasks('dependencies_set_upstream')
t2.set_upstream(t1)

# The bit shift operator can also be
# used to chain operations:
shift, (t1, t2, t3) = three_tasks('dependencies_shift')
t1 >> t2

# And the upstream dependency with the
# bit shift operator:
shift_back, (t1, t2, t3) = three_tasks('dependencies_shift_back')
t2 << t1

# Chaining multiple dependencies becomes
# concise with the bit shift operator:
chained, (t1, t2, t3) = three_tasks('dependencies_chain')
t1 >> t2 >> t3

# A list of tasks can also be set as
# dependencies. These operations
# all have the same effect:
list_downstream, (t1, t2, t3) = three_tasks('dependencies_list_downstream')
t1.set_downstream([t2, t3])

list_shift, (t1, t2, t3) = three_tasks('dependencies_list_shift')
t1 >> [t2, t3]

list_shift_back, (t1, t2, t3) = three_tasks('dependencies_list_shift_back')
[t2, t3] << t1
