"""Bad input gets a 4xx with a sentence, never a 500, and changes nothing."""

from urllib.parse import quote

import pytest
from seeded import GOOD, SALES

RUNS = f"api/v2/dags/{SALES}/dagRuns"
CASES = {
    "run id that leaves its folder": ("POST", RUNS, {"dag_run_id": "../../etc"}, 422),
    "run id that starts with a dot": ("POST", RUNS, {"dag_run_id": ".hidden"}, 422),
    "run id too long": ("POST", RUNS, {"dag_run_id": "x" * 201}, 422),
    "run id that exists": ("POST", RUNS, {"dag_run_id": GOOD}, 409),
    "conf of 5 MB": ("POST", RUNS, {"conf": {"data": "x" * 5_000_000}}, 422),
    "conf that is a list": ("POST", RUNS, {"conf": [1]}, 422),
    "conf with a number that JSON has not": ("POST", RUNS, b'{"conf": {"x": NaN}}', 422),
    "conf with an endless number": ("POST", RUNS, b'{"conf": {"x": 1e999}}', 422),
    "conf that no text can hold": ("POST", RUNS, b'{"note": "\\ud800"}', 422),
    "body that is no JSON": ("POST", RUNS, b"{", 422),
    "body that is no object": ("POST", RUNS, b"[]", 422),
    "body nested without end": ("POST", RUNS, b"[" * 200_000, 422),
    "unknown field": ("POST", RUNS, {"run": "x"}, 422),
    "date without zone": ("POST", RUNS, {"logical_date": "2026-01-01T00:00:00"}, 422),
    "half a data interval": ("POST", RUNS, {"data_interval_end": "2026-01-01T00:00:00Z"}, 422),
    "trigger of an absent DAG": ("POST", "api/v2/dags/nowhere/dagRuns", {}, 404),
    "absent run": ("GET", f"{RUNS}/nowhere", None, 404),
    "absent task": ("GET", f"{RUNS}/{GOOD}/taskInstances/nowhere", None, 404),
    "absent try": ("GET", f"{RUNS}/{GOOD}/taskInstances/load/logs/99", None, 404),
    "try that is no number": ("GET", f"{RUNS}/{GOOD}/taskInstances/load/logs/x", None, 422),
    "log token made up": (
        "GET",
        f"{RUNS}/{GOOD}/taskInstances/load/logs/1?token=offset-x",
        None,
        422,
    ),
    "absent XCom": ("GET", f"{RUNS}/{GOOD}/taskInstances/load/xcomEntries/none", None, 404),
    "clear of an absent task": (
        "POST",
        f"api/v2/dags/{SALES}/clearTaskInstances",
        {"dag_run_id": GOOD, "task_ids": ["nowhere"]},
        404,
    ),
    "mark as running": (
        "PATCH",
        f"{RUNS}/{GOOD}/taskInstances/load",
        {"new_state": "running"},
        422,
    ),
    "version too large": ("GET", f"api/v2/dagSources/{SALES}?version_number={10**30}", None, 422),
    "absent version": ("GET", f"api/v2/dagSources/{SALES}?version_number=99", None, 404),
    "huge id": ("GET", f"api/v2/importErrors/{10**30}", None, 422),
    "order by nothing known": ("GET", f"{RUNS}?order_by=colour", None, 422),
    "limit too large": ("GET", f"{RUNS}?limit=100000", None, 422),
    "date that is none": ("GET", f"{RUNS}?run_after_gte=tomorrow", None, 422),
    "bad cron": (
        "GET",
        f"api/couture/schedules/preview-times?cron={quote('61 * * * *')}",
        None,
        422,
    ),
    "bad zone": (
        "GET",
        f"api/couture/schedules/preview-times?timezone=Mars&cron={quote('* * * * *')}",
        None,
        422,
    ),
    "path that is not there": ("GET", "api/v2/nowhere", None, 404),
    "method that is not there": ("DELETE", RUNS, None, 405),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_with_a_sentence(http, case):
    method, path, body, expected = CASES[case]
    status, answer = http(method, path, body)
    assert status == expected, answer
    assert sentence(answer)


def sentence(answer) -> str:
    detail = answer["detail"]
    return detail if isinstance(detail, str) else detail[0]["msg"]


def cell(source: str, **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": []}


def notebook(*cells, **metadata) -> dict:
    metadata = metadata or {"kernelspec": {"name": "python3", "display_name": "Python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


BAD_NOTEBOOKS = {
    "no object": ([], "valid dictionary"),
    "no notebook": ({}, "not a notebook"),
    "no kernelspec": (notebook(language_info={}), "names no kernel"),
    "kernel that is not here": (
        notebook(kernelspec={"name": "fortran", "display_name": "F"}),
        "not installed",
    ),
    "syntax error in the parameters": (
        notebook(cell("a = 1"), cell("b = 1\nc = = 2", tags=["parameters"])),
        r"cell 2.*line 2",
    ),
}


@pytest.mark.parametrize("case", BAD_NOTEBOOKS)
def test_a_bad_notebook_is_refused_with_a_sentence(http, deployment, case):
    import re

    content, words = BAD_NOTEBOOKS[case]
    asked = {"path": "notebooks/bad.ipynb", "notebook": content}
    for call in (
        ("POST", "api/couture/notebooks/parameters", asked),
        ("POST", "api/couture/schedules", {**asked, "when": "once"}),
    ):
        status, answer = http(*call)
        assert status == 422
        assert re.search(words, sentence(answer)), answer
    assert not list((deployment.settings.dags_path / "scheduled").glob("bad*"))


@pytest.mark.parametrize("path", ["../secret.ipynb", "/etc/passwd", "a/../../b.ipynb"])
def test_a_path_that_is_not_below_the_root_is_refused(http, path):
    asked = {"path": path, "notebook": notebook()}
    status, answer = http("POST", "api/couture/notebooks/parameters", asked)
    assert status == 422
    assert sentence(answer)
