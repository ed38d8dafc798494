"""Where texts hold secrets: what is hidden, what comes back, and how long that may take."""

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from couture_scheduler.sensitive import (
    hide,
    hide_in_urls,
    restore_in_urls,
    secrets_in_urls,
    secrets_of,
)

LONG = "a1" * 8_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("jdbc:postgresql://u:pw@h/db", "jdbc:postgresql://u:***@h/db"),
        ("postgres://u:p@w/x@h:5/d", "postgres://u:***@h:5/d"),
        ("amqp://a:b@h1/x,amqp", "amqp://a:***@h1/x,amqp"),
        ("jdbc:x://h?user=u;password=pw;a=b", "jdbc:x://h?user=u;password=***;a=b"),
        ("http://h:80/a", "http://h:80/a"),
        ("http://h:8080 or a:b@c", "http://h:8080 or a:b@c"),
        ("mysql://root:it's@db/x", "mysql://root:***@db/x"),
        ('x://u:a"b<c>d@h', "x://u:***@h"),
        ("postgres://u:123/45@h", "postgres://u:***@h"),
        ("x://h;user=a;password=pa'ss;b=c", "x://h;user=a;password=***;b=c"),
        (f"https://u:{LONG}@h/p", "https://u:***@h/p"),
        (f"https://h/?access_token={LONG}#top", "https://h/?access_token=***#top"),
        ("https://h/?a=b?password=c", "https://h/?a=b?password=***"),
    ],
)
def test_of_a_url_its_password_alone_is_hidden_and_comes_back(text: str, shown: str):
    assert hide_in_urls(text) == shown
    assert restore_in_urls(shown, text) == text


PIECES = ["://", ":", "@", "/", "?", "&", ";", "=", "password", "u", "***", " ", "'", '"', "\n"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example("?password=x://u:pw@h y://a:b@c")
@example("x://u:a?password=b@c")
def test_what_was_hidden_comes_back_whatever_the_text(text: str):
    shown = hide_in_urls(text)
    assert restore_in_urls(shown, text) == text
    assert hide_in_urls(shown) == shown
    assert set(secrets_in_urls(shown)) <= {"***"}


@settings(deadline=None, max_examples=50)  # the processor's time counts, not the clock's
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join))
@example("://")
@example("://a:")
@example("?password=")
@example("@")
def test_no_text_takes_long(piece: str):
    text = piece * (300_000 // len(piece))
    started = time.process_time()
    hide_in_urls(text)
    assert time.process_time() - started < 2


def test_a_password_in_a_url_of_a_runs_conf_is_not_in_the_audit_log():
    assert hide({"conf": ["x://u:pw@h"]}) == {"conf": ["x://u:***@h"]}


def test_all_that_stands_under_a_secret_name_is_secret():
    text = json.dumps({"password": 98765, "secrets": {"a": [1.5, True]}, "port": 5432})
    assert set(secrets_of("", text)) == {"98765", "1.5"}


def test_each_password_of_urls_in_one_word_is_a_secret():
    found = set(secrets_of("", "['x://u:one@h','y://v:two@i']"))
    assert {"one", "two"} <= found
