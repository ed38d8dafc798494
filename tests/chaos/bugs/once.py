"""Aims: have one transaction of the agent fail at the very last moment."""

from collections.abc import Callable
from types import ModuleType


def last_commit_fails_once(module: ModuleType, watched: str, is_it: Callable[..., bool]) -> None:
    """Have the agent's first transaction fail in which `Agent.<watched>` answered what is meant."""
    from couture_scheduler import faults
    from couture_scheduler.errors import StaleState

    original, seen = getattr(module.Agent, watched), []

    def watch(self, *given):  # noqa: ANN001
        answer = original(self, *given)
        if not seen and is_it(self, answer):
            seen.append("now")
        return answer

    def fail(name: str) -> None:
        if name == "agent.before_commit" and seen == ["now"]:
            seen.append("done")
            raise StaleState("as the aim wants it")

    setattr(module.Agent, watched, watch)
    faults.set_hook(fail)
