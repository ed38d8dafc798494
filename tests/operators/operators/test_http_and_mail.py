"""Requests and mails."""

import base64

import pytest

from couture_operators import DAG
from couture_operators.notifiers.smtp import SmtpNotifier
from couture_operators.operators.email import EmailOperator, addresses, send_email
from couture_operators.operators.http import HttpOperator, SimpleHttpOperator


def make(kind, **kwargs):
    with DAG("d"):
        return kind(task_id="t", **kwargs)


def test_a_request_carries_what_the_task_and_the_connection_say(run, runtime, server):
    task = make(
        SimpleHttpOperator,
        endpoint="post",
        data='{"day": "{{ ds }}"}',
        headers={"Content-Type": "application/json"},
    )
    assert run(task).state == "success"
    (seen,) = server.seen
    assert (seen["method"], seen["path"], seen["body"]) == (
        "POST",
        "/post",
        '{"day": "2024-01-02"}',
    )
    assert seen["headers"]["Content-Type"] == "application/json"
    assert seen["headers"]["X-Team"] == "blue"
    assert base64.b64decode(seen["headers"]["Authorization"].split()[1]) == b"me:secret"
    assert runtime.pushed[0]["json"] == '"{\\"hello\\": \\"world\\"}"'


def test_get_sends_its_data_as_parameters(run, server):
    run(make(HttpOperator, endpoint="/get", method="GET", data={"a": "1"}))
    assert server.seen[0]["query"] == {"a": ["1"]}
    assert server.seen[0]["body"] == ""


def test_a_check_fails_the_task_and_a_filter_makes_its_value(run, runtime, server):
    def check(response, ds):
        return response.json()["hello"] == "world" and ds == "2024-01-02"

    task = make(
        HttpOperator,
        endpoint="x",
        response_check=check,
        response_filter=lambda response: response.json()["hello"],
    )
    assert run(task).state == "success"
    assert runtime.pushed[0]["json"] == '"world"'
    failing = make(HttpOperator, endpoint="x", response_check=lambda response: False)
    assert "did not pass the response_check" in run(failing).reason


def test_an_error_of_the_server_fails_the_task_unless_it_is_let_through(run, server):
    server.answers["/x"] = (500, {"why": "broken"})
    assert "500:Internal Server Error" in run(make(HttpOperator, endpoint="x")).reason
    task = make(HttpOperator, endpoint="x", extra_options={"check_response": False, "timeout": 5})
    assert run(task).state == "success"


def test_pages_are_followed_to_the_last(run, runtime, server):
    server.answers["/a"] = (200, {"next": "b"})
    server.answers["/b"] = (200, {"next": None})

    def following(response):
        page = response.json()["next"]
        return {"endpoint": page} if page else None

    task = make(
        HttpOperator,
        endpoint="a",
        method="GET",
        pagination_function=following,
        response_filter=lambda response: response.json()["next"],
    )
    assert run(task).state == "success"
    assert runtime.pushed[0]["json"] == '["b", null]'


def test_a_password_is_not_logged(run, server, capsys):
    run(make(HttpOperator, endpoint="x", log_response=True))
    assert "secret" not in capsys.readouterr().out


def test_a_mail_is_handed_to_the_engine(run, others, tmp_path):
    task = make(
        EmailOperator,
        to="a@x.org; b@x.org",
        cc=["c@x.org"],
        subject="Report of {{ ds }}",
        html_content="<b>{{ dag.dag_id }}</b>",
        files=[tmp_path / "{{ ds }}.csv"],
        from_email="me@x.org",
    )
    assert run(task).state == "success"
    (mail,) = others.mails
    assert mail["to"] == ["a@x.org", "b@x.org"]
    assert (mail["subject"], mail["html"]) == ("Report of 2024-01-02", "<b>d</b>")
    assert (mail["cc"], mail["bcc"], mail["from_email"]) == (["c@x.org"], [], "me@x.org")


def test_a_dry_run_of_a_mail_sends_none(others):
    send_email("a@x.org", "s", "h", dryrun=True)
    assert others.mails == []
    assert addresses("a@x.org, ,b@x.org") == ["a@x.org", "b@x.org"]


def test_a_notifier_is_a_callback_with_templates(run, others):
    notifier = SmtpNotifier(to="a@x.org", subject="{{ task.task_id }} failed: {{ reason }}")
    task = make(HttpOperator, endpoint="x", http_conn_id="none", on_failure_callback=notifier)
    run(task)
    (mail,) = others.mails
    assert mail["subject"].startswith("t failed: The conn_id `none` isn't defined")


@pytest.mark.parametrize("kind", [HttpOperator, SimpleHttpOperator])
def test_an_unknown_argument_is_refused(kind):
    with pytest.raises(TypeError, match="does not take the argument"):
        make(kind, endpoint="x", metod="GET")
