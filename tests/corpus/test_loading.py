"""The example DAGs of two Airflow distributions are imported as they are."""

import pytest
from not_loaded import OURS, THIRD_PARTY

FOLDERS = sorted(THIRD_PARTY)


def refused(reports):
    return {
        path.removeprefix("example_dags/"): report
        for path, report in reports.items()
        if "dags" not in report
    }


@pytest.mark.parametrize("name", FOLDERS)
def test_every_file_is_imported_or_stands_in_the_table(loaded, name):
    found = {path: report["message"] for path, report in refused(loaded(name)).items()}
    table = THIRD_PARTY[name] | OURS[name]
    assert {path: why for path, why in found.items() if path not in table} == {}
    assert sorted(set(table) - set(found)) == []  # what is imported by now leaves the table


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_not_imported_says_why_in_one_sentence(loaded, name):
    for path, report in refused(loaded(name)).items():
        sentence = report["whole"].strip()
        assert sentence, path
        assert "\n" not in sentence, path


def test_of_those_without_a_third_party_95_in_100_are_imported(loaded):
    counts = [0, 0]
    for name in FOLDERS:
        reports = loaded(name)
        failed = set(refused(reports))
        alone = {path.removeprefix("example_dags/") for path in reports} - set(THIRD_PARTY[name])
        counts[0] += len(alone - failed)
        counts[1] += len(alone)
    assert counts[1] > 80
    assert counts[0] >= 0.95 * counts[1]


def test_the_files_define_the_dags_that_airflow_finds(loaded):
    found = {
        dag["dag_id"]
        for reports in map(loaded, FOLDERS)
        for report in reports.values()
        for dag in report.get("dags", ())
    }
    assert len(found) > 70
    assert {"example_task_group", "latest_only_with_trigger", "tutorial_taskflow_api"} <= found
    assert {"example_subdag_operator.section-1", "example_subdag_operator.section-2"} <= found
