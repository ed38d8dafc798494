"""The example DAGs reach the end states that they have in Airflow, skipped tasks included."""

import pytest
from end_states import ENDS, NOT_RUN, End

FOLDERS = sorted(ENDS)
#: the tests of a folder share its DAGs, so that none takes minutes
PARTS = [
    ("1.10.15/main", 0, 1),
    ("1.10.15/contrib", 0, 1),
    *(("2.10.5/main", n, 4) for n in range(4)),
]


def dag_ids(reports):
    return {
        dag["dag_id"]: f"{path}:{dag['dag_id']}"
        for path, report in reports.items()
        for dag in report.get("dags", ())
    }


@pytest.mark.parametrize(("name", "part", "parts"), PARTS)
def test_every_dag_ends_as_in_airflow(loaded, played, name, part, parts):
    known = dag_ids(loaded(name))
    names = sorted(known.keys() - NOT_RUN[name].keys())[part::parts]
    wanted = {dag_id: known[dag_id] for dag_id in names}
    ends = played(name, wanted.values())
    wrong = {}
    for dag_id, place in wanted.items():
        end, expected = ends[place], ENDS[name].get(dag_id, End())
        if "died" in end or end["state"] != expected.state or not expected.allows(end["tasks"]):
            wrong[dag_id] = end
    assert wrong == {}


@pytest.mark.parametrize("name", FOLDERS)
def test_the_tables_name_dags_that_are_there(loaded, name):
    known = dag_ids(loaded(name))
    assert (set(ENDS[name]) | set(NOT_RUN[name])) - set(known) == set()
    assert set(ENDS[name]) & set(NOT_RUN[name]) == set()
