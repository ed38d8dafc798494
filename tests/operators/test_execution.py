import datetime as dt
import logging
import os
import signal

import pytest

from couture_operators import (
    DAG,
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
    BaseOperator,
    CouturePySparkOperator,
    CoutureSparkOperator,
    EmptyOperator,
    PythonOperator,
)
from couture_operators.exceptions import AirflowRescheduleException
from couture_operators.execution import run_task


def python(function, **kwargs):
    with DAG("d", **kwargs.pop("dag", {})):
        return PythonOperator(task_id="t", python_callable=function, **kwargs)


def raising(error):
    def fail():
        raise error

    return fail


def test_a_returned_value_is_pushed(run, runtime):
    outcome = run(python(lambda: {"rows": 3}))
    assert (outcome.state, outcome.reason) == ("success", "")
    assert runtime.pushed == [{"json": '{"rows": 3}', "key": "return_value", "task_id": "t"}]


def test_nothing_is_pushed_for_none_or_when_switched_off(run, runtime):
    run(python(lambda: None))
    run(python(lambda: 1, do_xcom_push=False))
    assert runtime.pushed == []


def test_a_failure_has_a_sentence_and_the_authors_frames_only(run, capsys):
    def load():
        raise ValueError("no rows in /data/x.csv")

    outcome = run(python(load))
    assert outcome.state == "failed"
    assert outcome.reason == "ValueError: no rows in /data/x.csv"
    assert outcome.error_class == "ValueError"
    assert not outcome.fail_without_retry
    assert 'in load\n    raise ValueError("no rows' in outcome.traceback
    assert "couture_operators" not in outcome.traceback
    assert "ERROR Traceback (most recent call last):" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (AirflowException("no data today"), "failed", "no data today"),
        (AirflowFailException("for good"), "failed", "for good"),
        (AirflowSkipException("weekend"), "skipped", "weekend"),
        (SystemExit(3), "failed", "The task's code called sys.exit(3)."),
        (SystemExit(0), "success", ""),
        (KeyError("x"), "failed", "KeyError: 'x'"),
        (RuntimeError("one\ntwo"), "failed", "RuntimeError: one"),
        (RuntimeError(), "failed", "RuntimeError"),
    ],
)
def test_what_is_raised_decides_the_state(run, error, state, reason):
    outcome = run(python(raising(error)))
    assert (outcome.state, outcome.reason) == (state, reason)
    assert outcome.fail_without_retry == isinstance(error, AirflowFailException)


def test_a_task_can_ask_to_run_again_later(run):
    when = dt.datetime(2024, 1, 2, 4, tzinfo=dt.UTC)
    outcome = run(python(raising(AirflowRescheduleException(when))))
    assert outcome.state == "up_for_reschedule"
    assert outcome.reschedule_at == "2024-01-02T04:00:00+00:00"


def test_a_value_that_cannot_be_kept_fails_the_task(run):
    outcome = run(python(lambda: lambda: 1, show_return_value_in_logs=False))
    assert outcome.state == "failed"
    assert "cannot be kept as an XCom" in outcome.reason


def test_the_time_limit_stops_the_task_even_where_exceptions_are_caught(run):
    killed = []

    class Stubborn(BaseOperator):
        def execute(self, context):
            try:
                signal.pause()
            except Exception:  # noqa: BLE001 - what this test is about
                signal.pause()

        def on_kill(self):
            killed.append(self.task_id)

    with DAG("d"):
        task = Stubborn(task_id="t", execution_timeout=0.05)
    outcome = run(task)
    assert outcome.state == "failed"
    assert outcome.reason == "The task ran longer than its limit of 0.05 seconds."
    assert outcome.error_class == "AirflowTaskTimeout"
    assert killed == ["t"]


def test_sigterm_calls_on_kill_runs_finally_blocks_and_exits(run):
    seen = []

    class Patient(BaseOperator):
        def execute(self, context):
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            finally:
                seen.append("finally")

        def on_kill(self):
            seen.append("on_kill")

    with DAG("d"):
        task = Patient(task_id="t")
    with pytest.raises(SystemExit) as end:
        run(task)
    assert end.value.code == 143
    assert seen == ["on_kill", "finally"]


@pytest.mark.parametrize(
    ("error", "tries", "called"),
    [
        (None, (1, 0), "on_success_callback"),
        (ValueError("x"), (1, 0), "on_failure_callback"),
        (ValueError("x"), (1, 2), "on_retry_callback"),
        (ValueError("x"), (3, 2), "on_failure_callback"),
        (AirflowFailException("x"), (1, 2), "on_failure_callback"),
        (AirflowSkipException("x"), (1, 2), "on_skipped_callback"),
    ],
)
def test_callbacks_follow_the_outcome(run, error, tries, called):
    seen = []
    names = ["success", "failure", "retry", "skipped", "execute"]
    callbacks = {
        f"on_{name}_callback": lambda context, name=name: seen.append(f"on_{name}_callback")
        for name in names
    }
    task = python(raising(error) if error else lambda: None, **callbacks)
    run(task, try_number=tries[0], max_tries=tries[1])
    assert seen == ["on_execute_callback", called]


def test_a_callback_that_fails_is_logged_and_changes_nothing(run, capsys):
    def broken(context):
        raise OSError("mail server away")

    outcome = run(python(lambda: None, on_success_callback=[broken]))
    assert outcome.state == "success"
    assert "mail server away" in capsys.readouterr().out


def test_hooks_of_an_operator_are_called_in_order(run):
    seen = []

    class Hooked(BaseOperator):
        def pre_execute(self, context):
            seen.append("pre")

        def execute(self, context):
            seen.append("execute")
            return 7

        def post_execute(self, context, result=None):
            seen.append(result)

    with DAG("d"):
        task = Hooked(task_id="t")
    run(task)
    assert seen == ["pre", "execute", 7]


def test_log_records_are_lines_with_time_and_level_and_prints_stay_as_they_are(run, capsys):
    def talk():
        print("hello")
        logging.getLogger("mine").info("%d rows", 3)

    run(python(talk))
    printed, logged = capsys.readouterr().out.splitlines()
    assert printed == "hello"
    stamp, _, message = logged.partition(" ")
    assert dt.datetime.fromisoformat(stamp).utcoffset() == dt.timedelta(0)
    assert message == "INFO 3 rows"


def test_the_attempt_is_found_in_the_environment(run):
    found = {}
    run(python(lambda: found.update(os.environ)), attempt_key="key-9")
    assert found["AT_ATTEMPT_KEY"] == "key-9"
    assert found["AIRFLOW_CTX_DAG_ID"] == "d"


def test_running_a_task_leaves_the_dag_as_it_was(runtime, info):
    task = python(lambda x: x, op_kwargs={"x": "{{ ds }}"})
    run_task(task.dag, task, info(), runtime)
    assert task.op_kwargs == {"x": "{{ ds }}"}


def test_what_this_release_cannot_run_says_so(run):
    with DAG("d"):
        tasks = [
            CoutureSparkOperator(task_id="a", app_name="x", class_path="y", code_artifact="z"),
            CouturePySparkOperator(task_id="b", app_name="x", code_artifact="z"),
            EmptyOperator(task_id="e"),
        ]
    *missing, empty = [run(task) for task in tasks]
    assert all(out.state == "failed" and out.fail_without_retry for out in missing)
    assert "cannot run Spark jobs yet" in missing[0].reason
    assert empty.state == "success"
