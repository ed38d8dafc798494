"""Mails: to whom, and what they say. Pure."""

import html
import re
from collections.abc import Iterable, Mapping
from email.utils import parseaddr
from typing import Any

_BREAKS = re.compile(r"[\r\n\0]")
_APART = re.compile(r"\s*[,;]\s*")


class BadMail(ValueError):
    """A mail cannot be written so; the message is a sentence."""


def addresses(value: str | Iterable[str] | None) -> list[str]:
    """Return the addresses of a text (separated by comma or semicolon) or of several, each once.

    Raises:
        BadMail: one is no address.
    """
    texts = [value] if isinstance(value, str) else list(value or ())
    found: dict[str, None] = {}
    for text in texts:
        if not isinstance(text, str) or _BREAKS.search(text):
            raise BadMail(f"{text!r} is no mail address: it has a line break or is no text.")
        for part in _APART.split(text.strip()):
            if part and "@" not in parseaddr(part)[1]:
                raise BadMail(f"{part!r} is no mail address.")
            if part:
                found[part] = None
    return list(found)


def header(name: str, value: str) -> str:
    """Return a header's text.

    Raises:
        BadMail: it has a line break, which would make further headers of it.
    """
    if _BREAKS.search(value):
        raise BadMail(f"The {name} of a mail cannot hold a line break.")
    return value


def wants_mail(task: Mapping[str, Any], *, is_retry: bool) -> list[str]:
    """Return to whom a failed try of a task is told; nobody where the task does not want that."""
    if not task.get("email") or not task.get("email_on_retry" if is_retry else "email_on_failure"):
        return []
    try:
        return addresses(task["email"])
    except BadMail:
        return []


def failure_subject(facts: Mapping[str, Any]) -> str:
    """Return the subject of a mail about a try that failed."""
    what = "will be tried again" if facts["is_retry"] else "failed"
    return _one_line(f"{facts['dag_id']}.{_task(facts)} {what} ({facts['run_id']})")


def failure_body(facts: Mapping[str, Any], url: str | None, log: str) -> str:
    """Return the HTML of a mail about a try that failed.

    Args:
        log: the last lines of its log, in which secrets are hidden already.
    """
    tried = f"{facts['try_number']} of {facts['max_tries'] + 1}"
    rows = {
        "DAG": facts["dag_id"],
        "Run": facts["run_id"],
        "Logical date": facts.get("logical_date") or "none",
        "Task": _task(facts),
        "Try": tried,
        "Reason": facts.get("reason") or "not known",
        "Host": facts.get("host") or "not known",
    }
    if facts["is_retry"] and facts.get("due_at"):
        rows["Next try"] = facts["due_at"]
    head = f"Task {_task(facts)} of DAG {facts['dag_id']} " + (
        "failed and will be tried again." if facts["is_retry"] else "failed."
    )
    shown = f"<h3>The end of its log</h3><pre>{html.escape(log)}</pre>" if log else ""
    return f"<p>{html.escape(head)}</p>{_table(rows)}{_link(url)}{shown}"


def sla_subject(facts: Mapping[str, Any]) -> str:
    """Return the subject of a mail about tasks that took longer than agreed."""
    count = len(facts["misses"])
    tasks = "1 task has" if count == 1 else f"{count} tasks have"
    return _one_line(f"{facts['dag_id']}: {tasks} missed the SLA ({facts['run_id']})")


def sla_body(facts: Mapping[str, Any], url: str | None) -> str:
    """Return the HTML of a mail about tasks that took longer than agreed."""
    missed = "".join(
        f"<li>{html.escape(one['task_id'])}: due within {one['sla']} s, "
        f"by {html.escape(one['due'])}</li>"
        for one in facts["misses"]
    )
    blocking = "".join(
        f"<li>{html.escape(one['task_id'])}: {html.escape(one['state'])}</li>"
        for one in facts["blocking"]
    )
    rows = {"DAG": facts["dag_id"], "Run": facts["run_id"], "Logical date": facts["logical_date"]}
    return (
        f"<p>These tasks were not done in time:</p><ul>{missed}</ul>{_table(rows)}{_link(url)}"
        f"<p>Not done yet:</p><ul>{blocking}</ul>"
    )


def _task(facts: Mapping[str, Any]) -> str:
    index = facts.get("map_index", -1)
    return facts["task_id"] if index in (None, -1) else f"{facts['task_id']}[{index}]"


def _table(rows: Mapping[str, Any]) -> str:
    cells = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{html.escape(str(value))}</td></tr>"
        for name, value in rows.items()
    )
    return f"<table>{cells}</table>"


def _link(url: str | None) -> str:
    return f'<p><a href="{html.escape(url)}">Open it in JupyterLab</a></p>' if url else ""


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", text)[:500]
