"""Functions in virtual environments and with other interpreters."""

import sys
from pathlib import Path

import pytest

from couture_operators import DAG, EmptyOperator
from couture_operators.exceptions import DagDefinitionError
from couture_operators.operators.function_source import function_source, without_decorator
from couture_operators.operators.virtualenv import (
    BranchExternalPythonOperator,
    ExternalPythonOperator,
    PythonVirtualenvOperator,
    is_venv_installed,
)


def make(kind, function, **kwargs):
    with DAG("d"):
        return kind(task_id="t", python_callable=function, **kwargs)


def external(function, **kwargs):
    return make(ExternalPythonOperator, function, python=sys.executable, **kwargs)


def where_am_i(n, ds, other=None):
    import sys

    print("strings:", virtualenv_string_args)  # noqa: F821 - given by the operator
    return {"prefix": sys.prefix, "n": n + 1, "ds": ds, "other": other}


def test_a_function_runs_in_an_environment_of_its_own(run, runtime, capfd):
    task = make(
        PythonVirtualenvOperator,
        where_am_i,
        op_args=[1],
        op_kwargs={"other": "{{ ds_nodash }}"},
        string_args=["a", "b c"],
        system_site_packages=False,
    )
    assert run(task).state == "success"
    text = runtime.pushed[0]["json"]
    assert '"n": 2' in text
    assert '"ds": "2024-01-02"' in text
    assert '"other": "20240102"' in text
    assert sys.prefix not in text
    assert "couture-venv-" in text
    assert not list(Path("/tmp").glob("couture-venv-*/pyvenv.cfg"))  # noqa: S108


def test_a_kept_environment_is_used_again(run, runtime, tmp_path):
    def prefix():
        import sys

        return sys.prefix

    for _ in range(2):
        task = make(PythonVirtualenvOperator, prefix, venv_cache_path=str(tmp_path))
        assert run(task).state == "success"
    assert len({found["json"] for found in runtime.pushed}) == 1
    assert len(list(tmp_path.glob("venv-*/pyvenv.cfg"))) == 1
    other = make(
        PythonVirtualenvOperator,
        prefix,
        venv_cache_path=str(tmp_path),
        system_site_packages=False,
    )
    run(other)
    assert len(list(tmp_path.glob("venv-*/pyvenv.cfg"))) == 2


def test_what_cannot_be_installed_fails_the_task_with_pips_words(run):
    def nothing():
        return None

    task = make(
        PythonVirtualenvOperator,
        nothing,
        requirements=["./no-such-folder-here"],
        pip_install_options=["--no-index"],
    )
    assert "The virtual environment cannot be made" in run(task).reason


def test_another_interpreter_gets_dates_where_it_has_pendulum(run, runtime):
    def day(logical_date):
        return logical_date.format("dddd")

    assert run(external(day)).state == "success"
    assert runtime.pushed[0]["json"] == '"Tuesday"'


def test_an_error_over_there_is_told_in_one_sentence(run):
    def fails():
        raise ValueError("too bad\nsecond line")

    outcome = run(external(fails))
    assert outcome.reason == "The function's process exited with code 1: ValueError: too bad"


def test_an_exit_code_may_mean_skip(run):
    def ends():
        import sys

        sys.exit(7)

    assert run(external(ends, skip_on_exit_code=7)).state == "skipped"
    assert "exited with code 7" in run(external(ends)).reason


def test_the_environment_is_handed_over_or_not(run, runtime, monkeypatch):
    def look():
        import os

        return [os.environ.get("OUTER"), os.environ.get("MINE")]

    monkeypatch.setenv("OUTER", "1")
    run(external(look, env_vars={"MINE": "2"}))
    assert runtime.pushed[0]["json"] == '["1", "2"]'
    run(external(look, env_vars={"MINE": "2"}, inherit_env=False))
    assert runtime.pushed[0]["json"] == '[null, "2"]'


def test_a_function_may_choose_the_branch_over_there(run):
    def choose():
        return "yes"

    with DAG("d"):
        task = BranchExternalPythonOperator(
            task_id="t", python_callable=choose, python=sys.executable
        )
        task >> [EmptyOperator(task_id="yes"), EmptyOperator(task_id="no")]
    assert run(task).skip_downstream == ["no"]


@pytest.mark.parametrize("python", ["/no/such/python", "python3"])
def test_an_interpreter_that_is_not_there_says_so(run, python):
    def nothing():
        return None

    reason = run(make(ExternalPythonOperator, nothing, python=python)).reason
    assert f"There is no Python interpreter '{python}'" in reason


def test_only_functions_with_a_source_are_taken():
    with pytest.raises(DagDefinitionError, match="made with `def`"):
        external(lambda: 1)
    with pytest.raises(DagDefinitionError, match="must not be a generator"):

        def several():
            yield 1

        external(several)
    with pytest.raises(DagDefinitionError, match="serializer is pickle"):
        external(where_am_i, serializer="json")


def test_the_source_goes_without_its_decorators():
    def mark(function):
        return function

    @mark
    def plain(x):
        return x

    assert function_source(plain) == "def plain(x):\n    return x"
    text = "@task.virtualenv(x=1)\n@other\ndef f():\n    pass"
    assert without_decorator(text, "task.virtualenv") == "@other\ndef f():\n    pass"


def test_environments_can_be_made_here():
    assert is_venv_installed()
