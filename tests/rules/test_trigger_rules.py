from hypothesis import given
from hypothesis import strategies as st

from couture_operators.trigger_rule import TriggerRule
from couture_scheduler.rules.trigger_rules import TRIGGER_RULES, apply
from couture_scheduler.states import FINISHED, TaskState

T = TaskState
states = st.lists(st.sampled_from([state.value for state in TaskState]), min_size=1, max_size=6)
rules = st.sampled_from(sorted(TRIGGER_RULES))


def test_every_rule_that_authors_may_write_is_known():
    names = {value for name, value in vars(TriggerRule).items() if name.isupper()}
    assert {str(name) for name in names if isinstance(name, str)} >= set(TRIGGER_RULES)


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
    assert passed == {"all_done", "one_success", "one_failed", "one_done", "none_skipped", "always"}


def test_the_rules_on_one_skipped_and_one_good():
    above = [T.SUCCESS, T.SKIPPED]
    passed = {rule for rule in TRIGGER_RULES if apply(rule, above).passed}
    assert passed == {
        "all_done",
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
