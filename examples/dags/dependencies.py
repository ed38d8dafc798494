"""The manual's ways to state dependencies, one trio of tasks for each: an edge stated twice is an error."""

from datetime import datetime

from airflow import DAG
from airflow.operators.bash_operator import BashOperator

dag = DAG('dependencies', start_date=datetime(2024, 1, 1), schedule_interval=None, tags=['manual'])


def three_tasks(way):
    return [
        BashOperator(task_id=f'{way}_{name}', bash_command=f'echo {name}', dag=dag)
        for name in ('t1', 't2', 't3')
    ]


t1, t2, t3 = three_tasks('set_downstream')
t1.set_downstream(t2)
# This means that t2 will depend on t1
# running successfully to run.

# It is equivalent to:
t1, t2, t3 = three_tasks('set_upstream')
t2.set_upstream(t1)

# The bit shift operator can also be
# used to chain operations:
t1, t2, t3 = three_tasks('shift')
t1 >> t2

# And the upstream dependency with the
# bit shift operator:
t1, t2, t3 = three_tasks('shift_back')
t2 << t1

# Chaining multiple dependencies becomes
# concise with the bit shift operator:
t1, t2, t3 = three_tasks('chain')
t1 >> t2 >> t3

# A list of tasks can also be set as
# dependencies. These operations
# all have the same effect:
t1, t2, t3 = three_tasks('list_downstream')
t1.set_downstream([t2, t3])

t1, t2, t3 = three_tasks('list_shift')
t1 >> [t2, t3]

t1, t2, t3 = three_tasks('list_shift_back')
[t2, t3] << t1
