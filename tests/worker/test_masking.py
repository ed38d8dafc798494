"""What an attempt was handed out is in no log."""

import io
import sys

import pytest

from couture_scheduler.sensitive import hide, hide_in_urls, restore_in_urls
from couture_scheduler.worker.masking import Mask, MaskedStream


def printed(monkeypatch: pytest.MonkeyPatch, mask: Mask, text: str) -> str:
    """Return what stands in the log of an attempt that prints a text."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stdout", MaskedStream(log, mask))
    print(text, end="")
    monkeypatch.undo()
    return log.getvalue()


def test_passwords_in_urls_of_a_connection_are_not_in_the_log(monkeypatch: pytest.MonkeyPatch):
    mask = Mask()
    mask.add_connection(
        {
            "host": "postgres://u:host-pw@h",
            "extra": '{"a": {"url": "x://u:n%2Fested@h", "password": "deep-pw"}}',
        }
    )
    text = printed(monkeypatch, mask, "host-pw n%2Fested n/ested deep-pw")
    assert text == "*** *** *** ***"


def test_passwords_in_urls_of_a_variable_are_not_in_the_log(monkeypatch: pytest.MonkeyPatch):
    mask = Mask()
    mask.add_secrets("warehouse", "mysql://u:var-pw@h")
    assert printed(monkeypatch, mask, "var-pw of mysql") == "*** of mysql"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("jdbc:postgresql://u:pw@h/db", "jdbc:postgresql://u:***@h/db"),
        ("postgres://u:p@w/x@h:5/d", "postgres://u:***@h:5/d"),
        ("amqp://a:b@h1/x,amqp", "amqp://a:***@h1/x,amqp"),
        ("jdbc:x://h?user=u;password=pw;a=b", "jdbc:x://h?user=u;password=***;a=b"),
        ("http://h:80/a@b", "http://h:80/a@b"),
        ("http://h:8080 or a:b@c", "http://h:8080 or a:b@c"),
    ],
)
def test_of_a_url_its_password_alone_is_hidden_and_comes_back(text: str, shown: str):
    assert hide_in_urls(text) == shown
    assert restore_in_urls(shown, text) == text


def test_a_password_in_a_url_of_a_runs_conf_is_not_in_the_audit_log():
    assert hide({"conf": ["x://u:pw@h"]}) == {"conf": ["x://u:***@h"]}
