"""The example DAGs reach the end states that they have in Airflow, skipped tasks included."""

import pytest
from end_states import ENDS, NOT_RUN, End

FOLDERS = sorted(ENDS)


@pytest.mark.parametrize("name", FOLDERS)
def test_every_dag_ends_as_in_airflow(played, name):
    wrong = {}
    for dag_id, end in played(name).items():
        expected = ENDS[name].get(dag_id, End())
        if "died" in end or end["state"] != expected.state or not expected.allows(end["tasks"]):
            wrong[dag_id] = end
    assert wrong == {}


@pytest.mark.parametrize("name", FOLDERS)
def test_the_tables_name_dags_that_are_there(places, name):
    known = places(name)
    assert (set(ENDS[name]) | set(NOT_RUN[name])) - set(known) == set()
    assert set(ENDS[name]) & set(NOT_RUN[name]) == set()
