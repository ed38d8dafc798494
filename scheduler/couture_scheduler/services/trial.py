"""Services that wait for another system: no transaction is open meanwhile, few at once."""

from collections.abc import Callable, Collection
from threading import BoundedSemaphore
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from couture_scheduler.errors import Conflict, CoutureError
from couture_scheduler.services.service import Service
from couture_scheduler.services.workflow import Call

P = ParamSpec("P")
R = TypeVar("R")
_at_once = BoundedSemaphore(2)


class Trial(Service[P, R]):
    """A service that changes nothing, but is in the audit log.

    Its function's first parameter is None.
    """

    @property
    def is_audited(self) -> bool:
        """Always: what is tried out is recorded, be it refused or not."""
        return True

    def __call__(self, call: Call, *args: P.args, **kwargs: P.kwargs) -> R:
        """Try it out."""
        if call.transport is not None:
            return call.transport(self, kwargs)
        try:
            self.check(call, kwargs)
            if not _at_once.acquire(blocking=False):
                raise Conflict("Other trials are under way. Try again in a quarter of a minute.")
            try:
                result = self.function(cast(Any, None), call, **kwargs)  # type: ignore[call-arg]
            finally:
                _at_once.release()
        except CoutureError as error:
            self._audit_alone(call, kwargs, error)
            raise
        with call.workflow.db.write() as tx:
            self._audit(tx, call, kwargs, allowed=True)
        return result


def trial(
    action: str,
    resource: str,
    *,
    dag: str | None = None,
    reaches_out: bool = True,
    secrets: Collection[str] = (),
) -> Callable[[Callable[Concatenate[None, Call, P], R]], Trial[P, R]]:
    """Make a function `(None, call, **params)` a trial.

    Args:
        reaches_out: whether it speaks with another system, which counts as a change.
    """
    return lambda function: Trial(cast(Any, function), action, resource, dag, reaches_out, secrets)
