"""Rehearsals: the real scheduler on a database in memory and a clock that jumps.

`couture dags test` and `dag.test()` run a DAG's tasks in the caller's process, `couture dags
simulate` plays weeks of scheduling with tasks that only pass time.
"""
