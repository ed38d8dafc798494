"""Runs one attempt of a task, from its context to its outcome.

Called by the worker in a process that is this attempt's own. The engine decides what the outcome
means for the run; here only the task's own code and its callbacks run.
"""

from __future__ import annotations

import copy
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from couture_operators import xcom
from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context, build_context
from couture_operators.dag import DAG
from couture_operators.dates import to_datetime, words
from couture_operators.exceptions import (
    AirflowRescheduleException,
    AirflowSkipException,
    AirflowTaskTerminated,
    AirflowTaskTimeout,
)
from couture_operators.logs import configure_logging
from couture_operators.outcome import Outcome, failure, reason_of
from couture_operators.runtime import TaskRuntime, set_runtime
from couture_operators.templating import render_fields

log = logging.getLogger("couture.task")


def run_task(dag: DAG, task: BaseOperator, info: dict[str, Any], runtime: TaskRuntime) -> Outcome:
    """Run one attempt; every error of the author's code becomes part of the outcome.

    A SIGTERM calls the task's on_kill and ends in SystemExit(143).
    """
    configure_logging()
    set_runtime(runtime)
    os.environ.update(context_environment(info))
    task = copy.copy(task)  # rendering changes its fields
    context = build_context(dag, task, info, runtime)
    outcome = _attempt(task, context, runtime)
    _report(outcome)
    _call_back(task, context, outcome)
    return outcome


def context_environment(info: dict[str, Any]) -> dict[str, str]:
    """What a task's code and commands find in their environment about the attempt."""
    return {
        "AIRFLOW_CTX_DAG_ID": info["dag_id"],
        "AIRFLOW_CTX_TASK_ID": info["task_id"],
        "AIRFLOW_CTX_EXECUTION_DATE": info.get("logical_date") or "",
        "AIRFLOW_CTX_DAG_RUN_ID": info["run_id"],
        "AIRFLOW_CTX_TRY_NUMBER": str(info.get("try_number", 1)),
        "AT_ATTEMPT_KEY": info.get("attempt_key", ""),
    }


def _attempt(task: BaseOperator, context: Context, runtime: TaskRuntime) -> Outcome:
    ti = context["ti"]
    try:
        with _stops_on_sigterm(task), _time_limit(task):
            _work(task, context, runtime)
    except AirflowSkipException as err:
        return Outcome("skipped", reason_of(err))
    except AirflowRescheduleException as err:
        moment = to_datetime(err.reschedule_date).isoformat()
        return Outcome("up_for_reschedule", reason_of(err), reschedule_at=moment)
    except AirflowTaskTerminated:
        sys.exit(128 + signal.SIGTERM)
    except SystemExit as err:
        if err.code not in (None, 0):
            return failure(err)
    except (Exception, AirflowTaskTimeout, KeyboardInterrupt) as err:  # noqa: BLE001 - border
        return failure(err)
    return Outcome("success", skip_downstream=list(ti.skipped_task_ids))


def _work(task: BaseOperator, context: Context, runtime: TaskRuntime) -> None:
    task.prepare_template()
    if task.template_fields:
        runtime.put_rendered(render_fields(task, context, runtime))
    _run_callbacks(task, "on_execute_callback", context)
    task.pre_execute(context)
    result = task.execute(context)
    if task.do_xcom_push and result is not None:
        runtime.xcom_push(xcom.XCOM_RETURN_KEY, xcom.encode(result))
    task.post_execute(context, result)


@contextmanager
def _time_limit(task: BaseOperator) -> Iterator[None]:
    """Raise AirflowTaskTimeout in the task's code once its execution_timeout is over."""
    limit = task.execution_timeout
    if limit is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        task.on_kill()
        raise AirflowTaskTimeout(f"The task ran longer than its limit of {words(limit)}.")

    before = signal.signal(signal.SIGALRM, ring)
    rest, interval = signal.setitimer(signal.ITIMER_REAL, limit.total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, rest, interval)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _stops_on_sigterm(task: BaseOperator) -> Iterator[None]:
    """Let a SIGTERM call on_kill and unwind the task's code, so that `finally` blocks run."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        log.warning("The attempt was told to stop.")
        task.on_kill()
        raise AirflowTaskTerminated

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _report(outcome: Outcome) -> None:
    if outcome.state == "failed":
        log.error("%s", outcome.traceback.rstrip() if outcome.traceback else outcome.reason)
    elif outcome.reason:
        log.info("%s", outcome.reason)


def _call_back(task: BaseOperator, context: Context, outcome: Outcome) -> None:
    retries = context["ti"].is_eligible_to_retry and not outcome.fail_without_retry
    name = {
        "success": "on_success_callback",
        "skipped": "on_skipped_callback",
        "failed": "on_retry_callback" if retries else "on_failure_callback",
    }.get(outcome.state)
    if name:
        context["ti"].state = "up_for_retry" if name == "on_retry_callback" else outcome.state
        context["reason"] = outcome.reason
        _run_callbacks(task, name, context)


def _run_callbacks(task: BaseOperator, name: str, context: Context) -> None:
    """Call the author's callbacks; one that fails is logged and changes nothing."""
    for callback in task.callbacks[name]:
        try:
            callback(context)
        except Exception:  # noqa: BLE001 - author code must not change the outcome
            log.exception("The %s of %s failed.", name, task.task_id)
