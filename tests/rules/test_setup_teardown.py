"""Whose setups are whose: on DAGs drawn at random, against walks over all paths."""

from hypothesis import given
from hypothesis import strategies as st

from couture_scheduler.rules.plan import Plan, build_plan
from couture_scheduler.rules.setup_teardown import deciding, run_again_with, setups_of


def plan_of(edges: set[tuple[int, int]], setups: set[int], teardowns: set[int]) -> Plan:
    tasks = [
        {
            "task_id": str(name),
            "upstream": [str(a) for a, b in sorted(edges) if b == name],
            "downstream": [str(b) for a, b in sorted(edges) if a == name],
            "trigger_rule": "all_success",
            "depends_on_past": False,
            "wait_for_downstream": False,
            "is_setup": name in setups,
            "is_teardown": name in teardowns,
        }
        for name in range(6)
    ]
    return build_plan("d", 1, "v", {"tasks": tasks})


numbers = st.integers(0, 5)
plans = st.builds(
    lambda pairs, setups, teardowns: plan_of(
        {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]},
        setups,
        teardowns - setups,
    ),
    st.lists(st.tuples(numbers, numbers), max_size=9),
    st.sets(numbers, max_size=3),
    st.sets(numbers, max_size=3),
)


def leads(plan: Plan, start: str, end: str) -> bool:
    return any(one == end or leads(plan, one, end) for one in plan.tasks[start].downstream)


@given(plans, numbers.map(str))
def test_a_setup_holds_for_a_task_between_it_and_its_teardown(plan, name):
    expected = set()
    for setup, task in plan.tasks.items():
        ends = [one for one in task.downstream if plan.tasks[one].is_teardown]
        open_still = not ends or any(leads(plan, name, one) for one in ends)
        if task.is_setup and leads(plan, setup, name) and open_still:
            expected.add(setup)
    assert set(setups_of(plan.tasks, name)) == expected


@given(plans)
def test_a_plan_knows_of_each_task_the_setups_that_are_not_directly_above_it(plan):
    for name, task in plan.tasks.items():
        found = set(setups_of(plan.tasks, name)) - set(task.upstream)
        assert set(task.setups) == (set() if task.is_teardown else found)


@given(plans)
def test_some_task_always_decides_and_a_teardown_only_where_nothing_else_does(plan):
    found = deciding(plan.tasks)
    assert found
    if any(not plan.tasks[one].is_teardown for one in found):
        assert not any(plan.tasks[one].is_teardown for one in found)


@given(plans, numbers.map(str), st.booleans(), st.booleans())
def test_what_runs_again_with_a_task_is_all_that_was_asked_for_and_no_plain_task_more(
    plan, name, downstream, upstream
):
    found = run_again_with(plan.tasks, name, downstream=downstream, upstream=upstream)
    asked = {one for one in plan.tasks if downstream and leads(plan, name, one)}
    asked |= {one for one in plan.tasks if upstream and leads(plan, one, name)}
    assert asked <= found
    more = found - asked
    assert all(plan.tasks[one].is_setup or plan.tasks[one].is_teardown for one in more)
