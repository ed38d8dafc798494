"""The decorator that makes a function a service: permission, transaction, audit, in one place."""

import functools
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import CoutureError, Forbidden, Hidden, StaleState
from couture_scheduler.sensitive import hide
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import audit

P = ParamSpec("P")
R = TypeVar("R")
Params = dict[str, Any]
_TRIES = 5
_ANY_DAG = "~"
_EXTRA_LIMIT = 4000


class Service(Generic[P, R]):
    """One use-case, called as `service(call, **params)`.

    The permission is checked before anything else. A DAG that the actor may not see answers as one
    that does not exist. A service that changes something leaves exactly one audit row: with the
    change where it is made, on its own where it was refused or failed.

    Attributes:
        action, resource: the permission that it needs.
        dag: the parameter that names the DAG, if it concerns one.
        mutates: whether it changes anything, or a function of its parameters that says so.
        secrets: parameters that the audit row must not show.
    """

    def __init__(
        self,
        function: Callable[Concatenate[Tx, Call, P], R],
        action: str,
        resource: str,
        dag: str | None,
        mutates: bool | Callable[[Params], bool],
        secrets: Collection[str],
    ):
        functools.update_wrapper(self, function)
        self.function = function
        self.name = function.__name__
        self.action = action
        self.resource = resource
        self.dag = dag
        self.mutates = mutates
        self.secrets = frozenset(secrets)

    def __call__(self, call: Call, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it for an actor."""
        assert not args, "services take their parameters by name"
        if call.transport is not None:
            return call.transport(self, kwargs)
        call = replace(call, dags=call.actor.scope(self.action, self.resource))
        if not self.changes(kwargs):
            self.check(call, kwargs)
            with call.workflow.db.read() as tx:
                return self.function(tx, call, **kwargs)  # type: ignore[call-arg]
        try:
            self.check(call, kwargs)
            return self._change(call, kwargs)
        except CoutureError as error:
            self._audit_alone(call, kwargs, error)
            raise

    @property
    def is_audited(self) -> bool:
        """Whether a call that is refused leaves an audit row."""
        return bool(self.mutates)

    def changes(self, params: Params) -> bool:
        """Say whether the call with these parameters changes anything."""
        return self.mutates(params) if callable(self.mutates) else self.mutates

    def check(self, call: Call, params: Params) -> None:
        """Refuse who may not do this.

        Raises:
            Hidden: the DAG may not be seen.
            Forbidden: the permission is missing.
        """
        dag_id = params.get(self.dag) if self.dag else None
        dag_id = None if dag_id == _ANY_DAG else dag_id
        actor = call.actor
        if dag_id is not None and actor.visible_dags is not None and not actor.sees(dag_id):
            raise Hidden(f"There is no DAG {dag_id!r}.")
        if not actor.allows(self.action, self.resource, dag_id):
            raise Forbidden(
                f"{actor.user} lacks the permission {self.action} on {self.resource}. "
                "An administrator can grant a role that has it."
            )

    def refuse_input(self, call: Call, params: Params, error: CoutureError) -> None:
        """Record a call whose input could not even be read; who may not call learns that only."""
        try:
            self.check(call, params)
        except CoutureError as refused:
            self._audit_alone(call, params, refused)
            raise
        self._audit_alone(call, params, error)

    def audit_refusal(self, call: Call, params: Params, error: CoutureError) -> None:
        """Record a call that was refused before it came to the service."""
        self._audit_alone(call, params, error)

    def _change(self, call: Call, params: Params) -> R:
        for attempt in range(1, _TRIES + 1):
            try:
                with call.workflow.db.write() as tx:
                    result = self.function(tx, call, **params)  # type: ignore[call-arg]
                    self._audit(tx, call, params, allowed=True)
                    call.workflow.ring(tx, "live")
                    return result
            except StaleState:
                if attempt == _TRIES:
                    raise
        raise AssertionError

    def _audit_alone(self, call: Call, params: Params, error: CoutureError) -> None:
        allowed = not isinstance(error, Forbidden | Hidden)
        with call.workflow.db.write() as tx:
            self._audit(tx, call, params, allowed, {"error": str(error)[:500]})

    def _audit(
        self, tx: Tx, call: Call, params: Params, allowed: bool, more: Params | None = None
    ) -> None:
        shown = {name: _shown(value) for name, value in params.items() if name not in self.secrets}
        told = {k: v for k, v in shown.items() if v is not None}
        told = {**hide(call.notes), **told, **hide(more or {})}
        audit.add(
            tx,
            user=call.actor.user,
            source_ip=call.actor.source_ip,
            event=self.name,
            allowed=allowed,
            dag_id=told.pop("dag_id", None),
            run_id=told.pop("dag_run_id", None),
            task_id=told.pop("task_id", None),
            extra=told,
        )


def service(
    action: str,
    resource: str,
    *,
    dag: str | None = None,
    mutates: bool | Callable[[Params], bool] = False,
    secrets: Collection[str] = (),
) -> Callable[[Callable[Concatenate[Tx, Call, P], R]], Service[P, R]]:
    """Make a function `(tx, call, **params)` a service; see `Service`."""
    return lambda function: Service(function, action, resource, dag, mutates, secrets)


def _shown(value: Any) -> Any:
    """Return a parameter as JSON of bounded size."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json", exclude_unset=True)
    value = hide(value)  # before it is cut: a cut text has no names to go by
    if isinstance(value, str):
        return value[:_EXTRA_LIMIT]
    text = str(value)
    return value if len(text) <= _EXTRA_LIMIT else text[:_EXTRA_LIMIT] + "…"
