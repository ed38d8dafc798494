"""How many instances a mapped task has and who waits for whom, against tuples that are counted out."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from couture_scheduler.rules.mapping import Scope, count, expression, matching, producers
from couture_scheduler.rules.plan import build_plan

LENGTHS = {"a": 2, "b": 3, "empty": 0}


def length_of(task_id: str, key: str) -> int | None:
    return LENGTHS.get(task_id)


def values(expr) -> list | None:
    """The oracle: real lists instead of lengths."""
    if "literal" in expr:
        return [0] * expr["literal"]
    if "xcom" in expr:
        return [0] * LENGTHS[expr["xcom"]] if expr["xcom"] in LENGTHS else None
    if "map" in expr:
        return values(expr["map"])
    parts = [values(one) for one in expr.get("zip") or expr["concat"]]
    if None in parts:
        return None
    if "concat" in expr:
        return list(itertools.chain(*parts))
    joined = itertools.zip_longest if expr["longest"] else zip
    return list(joined(*parts))


leaves = st.one_of(
    st.sampled_from(["a", "b", "empty", "unknown"]).map(lambda name: {"xcom": name}),
    st.integers(0, 4).map(lambda number: {"literal": number}),
)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda one: {"map": one}),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"concat": some}),
        st.tuples(st.lists(inner, min_size=1, max_size=3), st.booleans()).map(
            lambda both: {"zip": both[0], "longest": both[1]}
        ),
    ),
    max_leaves=6,
)


@given(expressions)
def test_the_length_of_an_expression_is_that_of_the_list_it_stands_for(expr):
    found = values(expr)
    assert expression(expr, length_of) == (None if found is None else len(found))


@given(expressions)
def test_what_an_expression_needs_are_its_tasks(expr):
    scope = Scope("task x", ({"name": "x", "expr": expr},))
    known = {name for name in ("a", "b", "empty", "unknown") if f"'{name}'" in repr(expr)}
    assert producers([scope]) == known


def test_lengths_multiply_over_the_inputs_of_one_expand():
    inputs = ({"name": "x", "length": 3}, {"name": "y", "expr": {"xcom": "a"}})
    assert count([Scope("t", inputs)], length_of) == 6


def test_one_unknown_length_leaves_the_count_open():
    inputs = ({"name": "x", "length": 3}, {"name": "y", "expr": {"xcom": "unknown"}})
    assert count([Scope("t", inputs)], length_of) is None


def scopes(names: list[tuple[str, int]]) -> list[Scope]:
    return [Scope(name, ({"name": "x", "length": length},)) for name, length in names]


def places(chain: list[Scope]) -> list[tuple[int, ...]]:
    lengths = [range(one.inputs[0]["length"]) for one in chain]
    return list(itertools.product(*lengths))


sizes = st.lists(st.integers(1, 3), max_size=2)


@given(sizes, sizes, sizes)
def test_an_instance_depends_on_those_with_which_it_shares_the_groups_indexes(same, mine, theirs):
    common = [(f"group {number}", size) for number, size in enumerate(same)]
    below = scopes(common + [(f"mine {n}", size) for n, size in enumerate(mine)])
    above = scopes(common + [(f"theirs {n}", size) for n, size in enumerate(theirs)])
    for index, place in enumerate(places(below)):
        found = matching(below, above, index, length_of)
        expected = [
            number
            for number, one in enumerate(places(above))
            if one[: len(common)] == place[: len(common)]
        ]
        if common:
            assert found is not None
            assert list(found) == expected
        else:
            assert found is None


def task(name: str, upstream: list[str], downstream: list[str], **more):
    return {
        "task_id": name,
        "upstream": upstream,
        "downstream": downstream,
        "trigger_rule": "all_success",
        "depends_on_past": False,
        "wait_for_downstream": False,
        **more,
    }


def test_a_stored_version_from_before_mapping_has_no_scopes():
    plan = build_plan("d", 1, "v", {"tasks": [task("a", [], [])]})
    assert plan.tasks["a"].scopes == ()
    assert plan.producers == frozenset()


def test_a_task_stands_in_the_scopes_of_all_groups_round_it():
    mapped = {"kind": "expand", "inputs": [{"name": "x", "length": 2}]}
    data = {
        "tasks": [task("o.i.t", [], [], group="o.i", mapped=mapped)],
        "task_groups": [
            {"group_id": "o", "parent": None, "mapped": mapped},
            {"group_id": "o.i", "parent": "o", "mapped": None},
        ],
    }
    found = build_plan("d", 1, "v", data).tasks["o.i.t"]
    assert [one.name for one in found.scopes] == ["group o", "task o.i.t"]
    assert not found.stands_in_mapped_group
