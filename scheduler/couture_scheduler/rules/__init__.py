"""Pure rules: when may a task instance start, and what does a DAG run's end look like.

The scheduling loop and the answer to "why is this task not running?" use the same functions.
"""
