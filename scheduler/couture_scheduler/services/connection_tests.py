"""Tests of connections that are asked for now and looked at later, by a token.

They are kept in this process's memory for an hour: who asks after a restart finds none.
"""

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, CoutureError, Forbidden, Invalid, NotFound
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.connections import (
    AsyncConnectionTestResponse,
    ConnectionBody,
    ConnectionTestQueuedResponse,
    ConnectionTestRequestBody,
)
from couture_scheduler.services import connection_trial
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.actors import actor_for
from couture_scheduler.services.connections import patch_connection, post_connection
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import variables

log = logging.getLogger(__name__)
TOKEN_HEADER = "Airflow-Connection-Test-Token"
_MENU = "ConnectionModelView"
_MOST = 50  #: tests that wait or run
_KEPT = timedelta(hours=1)
_WORKERS = ThreadPoolExecutor(2, thread_name_prefix="connection-test")


@dataclass
class _Test:
    """One test; `state` is pending, running, success or failed."""

    token: str
    connection_id: str
    user: str
    created_at: datetime
    state: str = "pending"
    message: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in ("pending", "running")


_tests: dict[str, _Test] = {}
_lock = Lock()


@service("can_edit", _MENU, mutates=True, secrets=("body",))
def enqueue_connection_test(
    tx: Tx, call: Call, body: ConnectionTestRequestBody
) -> ConnectionTestQueuedResponse:
    """Have a connection tested, and stored if that is wanted and it answers."""
    connection_trial.check_allowed(call)
    call.notes.update(connection_id=body.connection_id, commit_on_success=body.commit_on_success)
    test = _add(tx, call, body.connection_id)
    fields = connection_trial.fields_to_try(tx, call, body)

    def start() -> None:
        _WORKERS.submit(_run, test, fields, call, body)

    tx.after_commit(start)
    return ConnectionTestQueuedResponse(
        token=test.token, connection_id=test.connection_id, state=test.state
    )


@service("can_edit", _MENU)
def get_connection_test(
    tx: Tx, call: Call, token: str | None = None
) -> AsyncConnectionTestResponse:
    """Say how a test stands that who asks has asked for."""
    if not token:
        raise Invalid(f"Send the test's token in the header {TOKEN_HEADER}.")
    test = _tests.get(token)
    if test is None or test.user != call.actor.user:
        raise NotFound("There is no test of a connection with this token (any more).")
    return AsyncConnectionTestResponse(
        token=test.token,
        connection_id=test.connection_id,
        state=test.state,
        created_at=test.created_at,
        result_message=test.message,
    )


def _add(tx: Tx, call: Call, connection_id: str) -> _Test:
    test = _Test(secrets.token_urlsafe(24), connection_id, call.actor.user, tx.now)
    with _lock:
        for old in [one for one in _tests.values() if one.created_at < tx.now - _KEPT]:
            del _tests[old.token]
        waiting = [one for one in _tests.values() if one.is_open]
        if any(one.connection_id == connection_id for one in waiting):
            raise Conflict(f"Connection {connection_id!r} is being tested already.")
        if len(waiting) >= _MOST:
            raise Conflict("Too many connections are being tested. Try again in a minute.")
        _tests[test.token] = test
    return test


def _run(
    test: _Test, fields: dict[str, object], call: Call, body: ConnectionTestRequestBody
) -> None:
    test.state = "running"
    try:
        found = connection_trial.try_it(fields)
        if found.status and body.commit_on_success:
            _store(call, body)
        test.message, test.state = found.message, "success" if found.status else "failed"
    except CoutureError as error:
        test.message, test.state = f"It could not be stored: {error}", "failed"
    except Exception:
        log.exception("A test of connection %s failed", test.connection_id)
        test.message, test.state = "The test itself failed; the service's log says why.", "failed"


def _store(call: Call, body: ConnectionTestRequestBody) -> None:
    """Store what answered, by the services and under the rights that who asked holds now."""
    given = body.model_dump(include=set(ConnectionBody.model_fields), exclude_unset=True)
    connection = ConnectionBody(**given)
    with call.workflow.db.read() as tx:
        is_known = bool(variables.list_connections(tx, body.connection_id))
    fresh = Call(call.workflow, _as_now(call))
    if is_known:
        patch_connection(
            fresh, connection_id=body.connection_id, body=connection, query=UpdateMask()
        )
    else:
        post_connection(fresh, body=connection)


def _as_now(call: Call) -> Actor:
    """Return who made a call with the rights that hold now: a test may have waited.

    Raises:
        Forbidden: the account is gone or not active any more.
    """
    old = call.actor
    if old.is_alone:  # no accounts
        return old
    found = actor_for(call.workflow, old.user, old.source_ip, old.source)
    if found is None:
        raise Forbidden(f"The account {old.user!r} is not active any more.")
    return found
