"""What an attempt was handed out is in no log."""

import io
import json
import subprocess
import sys

import pytest

from couture_operators.connection import Connection
from couture_operators.hooks.subprocess import SubprocessHook
from couture_scheduler.sensitive import is_secret_extra
from couture_scheduler.services.redact import shown
from couture_scheduler.worker.masking import Mask, MaskedStream

KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----"


def printed(mask: Mask, *parts: str) -> str:
    """Return what stands in the log of an attempt that writes these parts."""
    log = io.StringIO()
    stream = MaskedStream(log, mask)
    for part in parts:
        stream.write(part)
    stream.flush()
    return log.getvalue()


def mask_of(**fields: object) -> Mask:
    mask = Mask()
    mask.add_connection(fields)
    return mask


def test_passwords_in_urls_of_a_connection_are_not_in_the_log():
    extra = '{"a": {"url": "x://u:n%2Fested@h", "password": "deep-pw"}}'
    mask = mask_of(host="postgres://u:host-pw@h", extra=extra)
    assert printed(mask, "host-pw n%2Fested n/ested deep-pw") == "*** *** *** ***"


def test_passwords_in_urls_of_a_variable_are_not_in_the_log():
    mask = Mask()
    mask.add_secrets("warehouse", "mysql://u:var-pw@h")
    assert printed(mask, "var-pw of mysql") == "*** of mysql"


@pytest.mark.parametrize(
    "name",
    ["password", "token", "private_key", "passphrase", "keyfile_dict", "aws_credentials", "x"],
)
def test_of_an_extra_the_log_hides_what_the_api_hides(name: str):
    for value in ("c4nary", 987654, {"inner": "c4nary"}, json.dumps({"inner": "c4nary"})):
        text = json.dumps({name: value})
        is_hidden = shown("", text, is_secret_extra) != text
        said = printed(mask_of(extra=text), "c4nary 987654")
        assert (said != "c4nary 987654") == is_hidden == (name != "x")


def test_an_extra_that_is_no_json_is_hidden_as_a_whole():
    assert printed(mask_of(extra="pem: abc"), "it is pem: abc.") == "it is ***."


def test_the_uri_of_a_connection_shows_no_secret():
    fields = {"password": "p@ss/w:r d", "extra": '{"api_key": "k&k \\u00e9", "retries": 3}'}
    uri = Connection("db", "postgres", host="h", login="u", **fields).get_uri()
    assert "p%40ss" in uri and "api_key" in uri
    said = printed(mask_of(**fields), uri)
    assert said.startswith("postgres://u:***@h/?__extra__=")
    assert "k%26k" not in said


@pytest.mark.parametrize("size", range(1, 9))
def test_a_secret_that_is_written_in_parts_is_not_in_the_log(size: int):
    text = "one pässw0rd, two pässw0rd and a pä\n"
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    assert printed(mask_of(password="pässw0rd"), *parts) == "one ***, two *** and a pä\n"


def test_a_key_of_several_lines_is_hidden_as_a_whole_and_line_by_line():
    mask = mask_of(extra=json.dumps({"private_key": KEY}))
    assert printed(mask, f"key: {KEY}", "\n") == "key: ***\n"
    assert printed(mask, *(f"> {line}\n" for line in KEY.splitlines())) == "> ***\n" * 4


def test_nothing_that_is_no_secret_waits_longer_than_a_flush():
    log = io.StringIO()
    stream = MaskedStream(log, mask_of(password="password"))
    stream.writelines(["done: ", "50 %"])
    assert log.getvalue() == "done: 50 %"
    stream.write(" pass")
    assert log.getvalue() == "done: 50 % "
    stream.flush()
    assert log.getvalue() == "done: 50 % pass"


def test_what_commands_print_goes_through_the_mask(monkeypatch: pytest.MonkeyPatch):
    log = io.StringIO()
    monkeypatch.setattr(sys, "stdout", MaskedStream(log, mask_of(password="s3cret")))
    result = SubprocessHook().run_command(["bash", "-c", "echo a s3cret; echo b s3cret >&2"])
    assert sorted(log.getvalue().splitlines()) == ["a ***", "b ***"]
    assert result.output == "a s3cret"


PROGRAM = """
import logging, sys, traceback
from couture_scheduler.worker.masking import mask_of_process
mask = mask_of_process()
handler = logging.StreamHandler()  # as a DAG file makes one while it is imported
mask.add("s3cret")
logging.getLogger("mine").addHandler(handler)
logging.getLogger("mine").error("logged s3cret")
print("printed s3cret")
print("to stderr s3cret", file=sys.stderr)
try:
    raise ValueError("raised s3cret")
except ValueError:
    traceback.print_exc()
import warnings; warnings.warn("warned of s3cret")
assert mask_of_process() is mask
"""


def test_both_outputs_of_a_process_are_filtered():
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert "printed ***" in run.stdout
    for kind in ("logged", "to stderr", "raised", "warned of"):
        assert f"{kind} ***" in run.stderr
    assert "s3cret" not in run.stdout + run.stderr
