"""What somebody holds on each of many DAGs, judged once for those that the same rights are about."""

import pytest

from couture_scheduler.rights import ALL, Rights
from couture_scheduler.services.actor import Actor

SALES = Rights(frozenset({"can_trigger", "can_clear"}), frozenset({"Airflow"}), "sales_*")
ONE = Rights(frozenset({"can_delete"}), frozenset({"Airflow"}), "sales_b")
ACTIONS = ("can_trigger", "can_clear", "can_delete")
DAGS = ("sales_a", "sales_b", "other", "sales_c")


@pytest.mark.parametrize(
    "rights", [(), (SALES,), (SALES, ONE), (Rights(ALL, ALL),), (Rights(frozenset(), ALL), ONE)]
)
def test_it_is_what_is_held_on_each(rights):
    actor = Actor("ada", None, rights)
    found = actor.held_on(ACTIONS, DAGS)
    assert found == {dag_id: actor.held(ACTIONS, dag_id) for dag_id in DAGS}
