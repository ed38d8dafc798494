"""Secrets that an author names are hidden."""

from types import SimpleNamespace

import pytest
from airflow.utils.log.secrets_masker import mask_secret, redact, should_hide_value_for_key

from couture_operators import DAG, PythonOperator, masking


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    monkeypatch.setattr(masking, "named", {})


def test_names_tell_what_is_secret():
    assert should_hide_value_for_key("DB_PassWord")
    assert not should_hide_value_for_key("user")


def test_what_is_named_is_hidden_by_the_engine(runtime):
    hidden = []
    runtime.mask_secret = hidden.append
    mask_secret("alone")
    mask_secret("plain", name="user")
    mask_secret({"password": "one", "user": "me", "tokens": ["two", "three"]})
    mask_secret(None)
    assert hidden == ["alone", "one", "two", "three"]


def test_what_a_file_names_is_kept_for_its_tasks():
    mask_secret("named while the file is read")
    assert list(masking.named) == ["named while the file is read"]


def test_values_are_shown_without_secrets():
    mask_secret("s3cret")
    assert redact("with s3cret in it") == "with *** in it"
    assert redact({"token": "x", "rows": [("s3cret",), 1]}) == {
        "token": "***",
        "rows": [("***",), 1],
    }
    assert redact("x", name="password") == "***"
    assert redact({"a": {"password": "x"}}, max_depth=1) == {"a": {"password": "x"}}


def test_the_log_of_an_attempt_hides_what_the_task_names(monkeypatch, capsys, run, runtime):
    worker = pytest.importorskip("couture_scheduler.worker.runtime")
    worker.mask_of_process.cache_clear()  # that of this test's output
    mask_secret("of the file")
    engine = worker.ReadingRuntime(SimpleNamespace())
    runtime.mask_secret, runtime.hide_secrets = engine.mask_secret, engine.hide_secrets

    def work():
        mask_secret("of the task")
        print("This is of the task and of the file.")
        return redact("of the task")

    with DAG("d"):
        outcome = run(PythonOperator(task_id="t", python_callable=work))
    assert outcome.state == "success"
    assert "This is *** and ***." in capsys.readouterr().out
    assert runtime.pushed[0]["json"] == '"***"'
