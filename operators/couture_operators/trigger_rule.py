"""The trigger rules: what a task wants of its upstream tasks before it starts."""

from __future__ import annotations

from enum import StrEnum


class TriggerRule(StrEnum):
    """When a task may start, judged by the states of its direct upstream tasks."""

    ALL_SUCCESS = "all_success"  #: all succeeded (the default)
    ALL_FAILED = "all_failed"  #: all failed, or could not run because of a failure
    ALL_DONE = "all_done"  #: all are over, in whatever state
    ALL_DONE_SETUP_SUCCESS = "all_done_setup_success"  #: all are over, the setups not in vain
    ALL_DONE_MIN_ONE_SUCCESS = "all_done_min_one_success"  #: all are over, one well, none skipped
    ALL_SKIPPED = "all_skipped"  #: all were skipped
    ONE_SUCCESS = "one_success"  #: one succeeded; the others may still run
    ONE_FAILED = "one_failed"  #: one failed; the others may still run
    ONE_DONE = "one_done"  #: one succeeded or failed
    NONE_FAILED = "none_failed"  #: all are over and none failed
    NONE_FAILED_MIN_ONE_SUCCESS = "none_failed_min_one_success"  #: none failed, one succeeded
    NONE_SKIPPED = "none_skipped"  #: all are over and none was skipped
    ALWAYS = "always"  #: at once, whatever happens upstream

    #: names that older DAG files use
    DUMMY = "always"
    NONE_FAILED_OR_SKIPPED = "none_failed_min_one_success"

    @classmethod
    def all_triggers(cls) -> set[str]:
        """The names of all rules."""
        return {str(rule) for rule in cls}

    @classmethod
    def is_valid(cls, name: str) -> bool:
        """Whether a rule of this name exists."""
        return name in cls.all_triggers()

    @classmethod
    def _missing_(cls, value: object) -> TriggerRule | None:
        return {"dummy": cls.ALWAYS, "none_failed_or_skipped": cls.NONE_FAILED_OR_SKIPPED}.get(
            str(value)
        )


class WeightRule(StrEnum):
    """How a task's total priority is made from the weights of its relatives."""

    DOWNSTREAM = "downstream"  #: own weight plus those of all tasks after it
    UPSTREAM = "upstream"  #: own weight plus those of all tasks before it
    ABSOLUTE = "absolute"  #: own weight only
