"""The trigger rules against an oracle that is written from the words of their definitions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couture_operators.trigger_rule import TriggerRule
from couture_scheduler.rules import trigger_rules
from couture_scheduler.rules.trigger_rules import TRIGGER_RULES, Above
from couture_scheduler.states import FINISHED, TaskState

T = TaskState
STATES = st.sampled_from([state.value for state in TaskState])
states = st.lists(STATES, min_size=1, max_size=6)
#: tasks above, each mapped into some instances, setups among them
tasks = st.lists(
    st.tuples(st.lists(STATES, min_size=1, max_size=4), st.booleans()), min_size=1, max_size=4
)
rules = st.sampled_from(sorted(TRIGGER_RULES))


def apply(rule, above):
    return trigger_rules.apply(rule, [Above(f"t{n}", {s: 1}) for n, s in enumerate(above)])


def mapped(rule, found):
    above = [
        Above(f"t{n}", {s: instances.count(s) for s in instances}, is_setup)
        for n, (instances, is_setup) in enumerate(found)
    ]
    return trigger_rules.apply(rule, above)


def oracle(rule, states, setups):
    """Say "run", "wait" or the state that is taken without running."""
    ended = all(state in FINISHED for state in states)
    good = [state for state in states if state == "success"]
    bad = [state for state in states if state in ("failed", "upstream_failed")]
    skipped = [state for state in states if state == "skipped"]
    wants = {
        "all_success": (not bad and not skipped and ended, bad, skipped),
        "all_failed": (len(bad) == len(states), [], good + skipped),
        "all_done": (ended, [], []),
        "all_skipped": (len(skipped) == len(states), [], good + bad),
        "one_success": (good, ended and not good and bad, ended and not good and not bad),
        "one_failed": (bad, [], ended),
        "one_done": ("failed" in states or good, [], ended),
        "none_failed": (ended and not bad, bad, []),
        "none_failed_min_one_success": (ended and not bad and good, bad, ended and not good),
        "none_skipped": (ended and not skipped, [], skipped),
        "all_done_setup_success": (
            ended and ("success" in setups or not setups),
            ended and setups and set(setups) != {"skipped"},
            ended and setups,
        ),
        "all_done_min_one_success": (
            ended and good and not skipped,
            not skipped and ended,
            skipped,
        ),
        "always": (True, [], []),
    }
    runs, fails, skips = wants[rule]
    return "run" if runs else "upstream_failed" if fails else "skipped" if skips else "wait"


def told(outcome):
    return "run" if outcome.passed else str(outcome.becomes or "wait")


@given(rules, tasks)
def test_every_rule_agrees_with_its_definition_over_all_instances(rule, found):
    """Those that were removed are as if they were not there."""
    left = [[s for s in instances if s != "removed"] for instances, _ in found]
    flat = [state for instances in left for state in instances]
    setups = [s for (_, is_setup), one in zip(found, left, strict=True) if is_setup for s in one]
    expected = oracle(rule, flat, setups) if flat else "run"
    assert told(mapped(rule, found)) == expected


def test_every_rule_that_authors_may_write_is_known():
    names = {value for name, value in vars(TriggerRule).items() if name.isupper()}
    assert {str(name) for name in names if isinstance(name, str)} >= set(TRIGGER_RULES)


@pytest.mark.parametrize(
    ("old", "new"),
    [("dummy", "always"), ("none_failed_or_skipped", "none_failed_min_one_success")],
)
@given(above=states)
def test_old_names_mean_what_they_meant(old, new, above):
    assert apply(old, above) == apply(new, above)


@given(rules, states)
def test_a_finished_upstream_never_leaves_a_task_waiting(rule, above):
    if all(state in FINISHED for state in above):
        outcome = apply(rule, above)
        assert outcome.passed or outcome.becomes is not None


@given(rules, states)
def test_a_verdict_is_final(rule, above):
    """What is skipped or doomed stays so, however the open ones above end."""
    outcome = apply(rule, above)
    if outcome.becomes is None:
        return
    for end in (T.SUCCESS, T.FAILED, T.SKIPPED):
        ended = [state if state in FINISHED else end for state in above]
        assert not apply(rule, ended).passed


def test_the_rules_on_one_failed_and_one_good():
    above = [T.SUCCESS, T.FAILED]
    passed = {rule for rule in TRIGGER_RULES if apply(rule, above).passed}
    assert passed == {
        "all_done",
        "all_done_min_one_success",
        "all_done_setup_success",
        "one_success",
        "one_failed",
        "one_done",
        "none_skipped",
        "always",
    }


def test_the_rules_on_one_skipped_and_one_good():
    above = [T.SUCCESS, T.SKIPPED]
    passed = {rule for rule in TRIGGER_RULES if apply(rule, above).passed}
    assert passed == {
        "all_done",
        "all_done_setup_success",
        "one_success",
        "one_done",
        "none_failed",
        "none_failed_min_one_success",
        "always",
    }


def test_all_success_passes_a_skip_on():
    assert apply("all_success", [T.SKIPPED, T.RUNNING]).becomes is T.SKIPPED
    assert apply("all_success", [T.FAILED, T.SKIPPED]).becomes is T.UPSTREAM_FAILED


def test_nothing_above_is_ready_whatever_the_rule():
    assert all(apply(rule, []).passed for rule in TRIGGER_RULES)


def test_a_setup_that_failed_or_was_skipped_decides_at_once():
    running = Above("a", {"running": 1}, True)
    failed, skipped = Above("b", {"failed": 1}, True), Above("c", {"skipped": 1}, True)
    assert trigger_rules.of_setups([running, failed]).becomes is T.UPSTREAM_FAILED
    assert trigger_rules.of_setups([running, skipped]).becomes is T.SKIPPED
    assert trigger_rules.of_setups([running]).becomes is None
