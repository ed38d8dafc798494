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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from couture_operators import xcom
from couture_operators.author_callbacks import listed
from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context, build_context, running_in, whose
from couture_operators.dag import DAG
from couture_operators.dates import to_datetime, words
from couture_operators.deferral import await_trigger, pack, unpack
from couture_operators.exceptions import (
    AirflowException,
    AirflowRescheduleException,
    AirflowSkipException,
    AirflowTaskTerminated,
    AirflowTaskTimeout,
    TaskDeferred,
)
from couture_operators.logs import configure_logging
from couture_operators.mapping import MAX_LENGTH, MappedOperator, length_of, length_sources
from couture_operators.outcome import Outcome, failure, reason_of
from couture_operators.runtime import TaskRuntime, current_runtime, set_runtime
from couture_operators.templating import render_fields, render_text
from couture_operators.xcom_sequences import LazyXComSequence

log = logging.getLogger("couture.task")


def run_task(dag: DAG, task: BaseOperator, info: dict[str, Any], runtime: TaskRuntime) -> Outcome:
    """Run one attempt; every error of the author's code becomes part of the outcome.

    A SIGTERM calls the task's on_kill and ends in SystemExit(143).
    """
    configure_logging()
    set_runtime(runtime)
    os.environ.update(context_environment(task, info))
    task = copy.copy(task)  # rendering changes its fields
    context = build_context(dag, task, info, runtime)
    with running_in(context):
        outcome = _attempt(task, context, info, runtime)
        _report(outcome)
        _call_back(task, context, outcome)
    return outcome


def context_environment(task: BaseOperator, info: dict[str, Any]) -> dict[str, str]:
    """What a task's code and commands find in their environment about the attempt."""
    return {
        **{f"AIRFLOW_CTX_{name.upper()}": text for name, text in whose(task).items()},
        "AIRFLOW_CTX_DAG_ID": info["dag_id"],
        "AIRFLOW_CTX_TASK_ID": info["task_id"],
        "AIRFLOW_CTX_EXECUTION_DATE": info.get("logical_date") or "",
        "AIRFLOW_CTX_DAG_RUN_ID": info["run_id"],
        "AIRFLOW_CTX_TRY_NUMBER": str(info.get("try_number", 1)),
        "AT_ATTEMPT_KEY": info.get("attempt_key", ""),
    }


def _attempt(
    task: BaseOperator, context: Context, info: dict[str, Any], runtime: TaskRuntime
) -> Outcome:
    ti = context["ti"]
    try:
        task = _instance(task, context)
        with _stops_on_sigterm(task), _time_limit(task):
            _work(task, context, info, runtime)
    except AirflowSkipException as err:
        return Outcome("skipped", reason_of(err))
    except AirflowRescheduleException as err:
        moment = to_datetime(err.reschedule_date).isoformat()
        return Outcome("up_for_reschedule", reason_of(err), reschedule_at=moment)
    except TaskDeferred as err:
        return _deferred(err, err.trigger.resume_at or datetime.now(UTC))
    except AirflowTaskTerminated:
        sys.exit(128 + signal.SIGTERM)
    except SystemExit as err:
        if err.code not in (None, 0):
            return failure(err)
    except (Exception, AirflowTaskTimeout, KeyboardInterrupt) as err:  # noqa: BLE001 - border
        context["exception"] = err
        return failure(err)
    return Outcome(
        "success",
        skip_downstream=list(ti.skipped_task_ids),
        asset_events=context["outlet_events"].to_list(task.outlets),
        rendered_map_index=ti.rendered_map_index,
    )


def _instance(task: BaseOperator, context: Context) -> BaseOperator:
    """The operator that really runs: of a mapped task the one made for its index."""
    if isinstance(task, MappedOperator):
        task = task.unmap(context["ti"].map_index, context)
        context["ti"].task = context["task"] = task
    return task


def _work(task: BaseOperator, context: Context, info: dict[str, Any], runtime: TaskRuntime) -> None:
    if task.params or context["dag_run"].conf:
        task.params = context["params"]
    task.prepare_template()
    if task.template_fields:
        runtime.put_rendered(render_fields(task, context, runtime))
    ti = context["ti"]
    if not ti.next_method:
        _run_callbacks(task, "on_execute_callback", context)
    task.pre_execute(context)
    try:
        result = _execute(task, context)
    finally:
        if ti.map_index >= 0 and task.map_index_template:
            ti.rendered_map_index = render_text(task.map_index_template, task.dag, context, runtime)
    _push_result(task, context, info, result)
    task.post_execute(context, result)


def _execute(task: BaseOperator, context: Context) -> Any:
    """Call execute, or the method in which a deferred task goes on.

    A trigger that is no matter of time is awaited here, in the attempt's process.
    """
    ti = context["ti"]
    method, kwargs = ti.next_method, unpack(ti.next_kwargs)
    while True:
        try:
            if method is None:
                return task.execute(context)
            return task.resume_execution(method, kwargs, context)
        except TaskDeferred as err:
            if err.trigger.resume_at is not None:
                raise
            limit = err.timeout.total_seconds() if err.timeout else None
            event = await_trigger(err.trigger, limit)
            method, kwargs = err.method_name, {**err.kwargs, "event": event}


def _deferred(err: TaskDeferred, moment: datetime) -> Outcome:
    moment = to_datetime(moment)
    try:
        kwargs = pack({**err.kwargs, "event": moment})
    except AirflowException as refused:
        return failure(refused)
    return Outcome(
        "deferred",
        f"The task waits until {moment.isoformat()}.",
        resume_at=moment.isoformat(),
        next_method=err.method_name,
        next_kwargs=kwargs,
        defer_timeout=err.timeout.total_seconds() if err.timeout else None,
    )


def _push_result(task: BaseOperator, context: Context, info: dict[str, Any], result: Any) -> None:
    """Store what the task returned: whole, by its keys with multiple_outputs, with its length."""
    kept = result if task.do_xcom_push else None
    length = None
    if _wants_length(task, info):
        length = length_of(task, kept, info.get("max_map_length") or MAX_LENGTH)
    if kept is None:
        return
    if task.multiple_outputs:
        for key, value in _outputs(task, kept).items():
            context["ti"].xcom_push(key, value)
    payload = xcom.encode(list(kept) if isinstance(kept, LazyXComSequence) else kept)
    current_runtime().xcom_push(
        xcom.XCOM_RETURN_KEY, payload, **({} if length is None else {"length": length})
    )


def _wants_length(task: BaseOperator, info: dict[str, Any]) -> bool:
    """Whether others are mapped over the result; the engine knows it without looking at all tasks."""
    wanted = info.get("wants_length")
    return task.task_id in length_sources(task.dag) if wanted is None else wanted


def _outputs(task: BaseOperator, result: Any) -> dict[str, Any]:
    if isinstance(result, Mapping) and all(isinstance(key, str) for key in result):
        return dict(result)
    raise AirflowException(
        f"Task {task.task_id!r} has multiple_outputs and must return a dict whose keys are texts, "
        f"not a {type(result).__name__}."
    )


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
    if name and listed(task, name):
        context["ti"].state = "up_for_retry" if name == "on_retry_callback" else outcome.state
        context["ti"].end_date = to_datetime(datetime.now(UTC))
        context["reason"] = outcome.reason
        _run_callbacks(task, name, context)


def _run_callbacks(task: BaseOperator, name: str, context: Context) -> None:
    """Call the author's callbacks; one that fails is logged and changes nothing."""
    for callback in listed(task, name):
        try:
            callback(context)
        except Exception:  # noqa: BLE001 - author code must not change the outcome
            log.exception("The %s of %s failed.", name, task.task_id)
