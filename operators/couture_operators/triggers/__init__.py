"""What a deferred task waits for."""

from couture_operators.triggers.base import BaseTrigger, TriggerEvent
from couture_operators.triggers.temporal import DateTimeTrigger, TimeDeltaTrigger

__all__ = ["BaseTrigger", "DateTimeTrigger", "TimeDeltaTrigger", "TriggerEvent"]
