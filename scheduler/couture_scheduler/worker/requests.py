"""Answer what author code asks over its socket: variables, connections, XComs, earlier runs.

One function a request; `tell`-style requests only collect rows, which the agent writes in its next
transaction, before the attempt's ending.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from couture_scheduler import logs
from couture_scheduler.db.database import AWAY, Database, Tx
from couture_scheduler.errors import CoutureError, NotFound, StaleState
from couture_scheduler.grants import rights_of_account
from couture_scheduler.ipc import Message
from couture_scheduler.secrets import Vault, VaultError
from couture_scheduler.settings import Settings
from couture_scheduler.store import audit, mails, variables, xcoms
from couture_scheduler.triggering import RunExists
from couture_scheduler.worker.dag_requests import DagRequests, run_facts
from couture_scheduler.worker.mail_requests import task_mail
from couture_scheduler.worker.running import RunningAttempt

log = logging.getLogger(__name__)
_TRIES = 5
MAX_XCOM = 8_000_000  #: characters


class Missing(Exception):
    """What was asked for does not exist; the argument is the message."""


class Requests:
    """Answers for one agent.

    Args:
        ring: rings the bell of a kind.

    Attributes:
        on_mail: called when a task has written a mail.
    """

    def __init__(
        self,
        db: Database,
        vault: Vault,
        host: str,
        settings: Settings,
        ring: Callable[[str], Any] = lambda _: None,
    ):
        self.db = db
        self.vault = vault
        self.actor = f"agent@{host}"
        self.dags = DagRequests(db, settings, self.actor, ring)
        self.on_mail: Callable[[], Any] = lambda: None

    def answer(
        self, message: Message, attempt: RunningAttempt | None, *, can_wait: bool = False
    ) -> Message:
        """Return the answer to send; author code must not be able to end the agent.

        Args:
            can_wait: whoever asks may be answered later.

        Raises:
            OperationalError, InterfaceError: the database is away, and who asks can wait for it.
        """
        try:
            handler = getattr(self, f"_on_{message.get('op')}", None)
            if handler is None:
                return {"error": f"The engine does not know the request {message.get('op')!r}."}
            value = self._ask(handler, message, attempt)
            if attempt is None:  # read at import: the value becomes part of the file version
                return {"value": value, "mark": self.vault.mark(json.dumps(value))}
            return {"value": value}
        except Missing as missing:
            return {"missing": str(missing)}
        except NotFound as error:
            return {"error": str(error), "kind": "not_found"}
        except RunExists as error:
            return {"error": str(error), "kind": "run_exists"}
        except (CoutureError, VaultError) as error:
            return {"error": str(error)}
        except Exception as error:  # whoever asks waits for an answer
            if can_wait and isinstance(error, AWAY):
                raise
            with logs.about(attempt and attempt.row):
                log.exception("A request could not be answered: %s", message.get("op"))
            return {"error": f"The engine could not answer: {type(error).__name__}: {error}"}

    def _ask(self, handler: Callable[..., Any], *given: Any) -> Any:
        """Run a handler, which is one transaction, again while others' are in its way."""
        for _ in range(_TRIES - 1):
            try:
                return handler(*given)
            except StaleState as stale:
                log.debug("a request is answered anew: %s", stale)
        return handler(*given)

    def _on_get_variable(self, message: Message, _attempt: RunningAttempt | None) -> str:
        with self.db.read() as tx:
            row = variables.find_variable(tx, message["key"])
        if row is None:
            raise Missing(f"Variable {message['key']} does not exist")
        return self.vault.decrypt(row.value)

    def _on_set_variable(self, message: Message, attempt: RunningAttempt | None) -> None:
        if not isinstance(message["value"], str):
            raise CoutureError(f"Variable {message['key']!r} must be text.")
        with self.db.write() as tx:
            value = self.vault.encrypt(message["value"])
            variables.set_variable(tx, message["key"], value, message.get("description"))
            self._audit(tx, "variable.set", attempt, key=message["key"])

    def _on_delete_variable(self, message: Message, attempt: RunningAttempt | None) -> bool:
        with self.db.write() as tx:
            self._audit(tx, "variable.delete", attempt, key=message["key"])
            return variables.delete_variable(tx, message["key"])

    def _on_get_connections(self, message: Message, attempt: RunningAttempt | None) -> list:
        with self.db.write() as tx:
            rows = variables.list_connections(tx, message["conn_id"])
            self._audit(tx, "connection.read", attempt, conn_id=message["conn_id"])
        return [self._open(row) for row in rows]

    def _open(self, row: Any) -> dict[str, Any]:
        return {
            "conn_id": row.conn_id,
            "conn_type": row.conn_type,
            "host": row.host,
            "port": row.port,
            "schema": row.schema,
            "login": row.login,
            "password": self.vault.decrypt(row.password) if row.password else None,
            "extra": self.vault.decrypt(row.extra) if row.extra else None,
        }

    def _on_xcom_pull(self, message: Message, attempt: RunningAttempt | None) -> list:
        attempt = _of(attempt)
        run = attempt.run
        with self.db.read() as tx:
            self._check_reading(tx, attempt, message["dag_id"])
            rows = xcoms.pull(
                tx,
                run,
                task_ids=message["task_ids"],
                dag_id=message["dag_id"] or run.dag_id,
                key=message["key"],
                run_id=message["run_id"],
                include_prior_dates=message["include_prior_dates"],
                map_indexes=message.get("map_indexes"),
            )
        return [_payload(row, attempt) for row in rows]

    def _check_reading(self, tx: Tx, attempt: RunningAttempt, dag_id: str | None) -> None:
        """Refuse to hand over what the account that the task runs under may not read."""
        account = attempt.who.account
        if account is None or dag_id in (None, attempt.row.dag_id):
            return
        rights = rights_of_account(tx, account)
        if not any(one.allows("can_xcom", "Airflow", dag_id) for one in rights):
            raise CoutureError(f"{account} may not read the XComs of DAG {dag_id!r}.")

    def _on_previous_run(self, message: Message, attempt: RunningAttempt | None) -> dict | None:
        with self.db.read() as tx:
            row = xcoms.previous_run(tx, _of(attempt).run, message["state"])
        return run_facts(row) if row is not None else None

    def _on_trigger_dag(self, message: Message, attempt: RunningAttempt | None) -> dict:
        return self.dags.trigger_dag(message, _of(attempt))

    def _on_dag_runs(self, message: Message, attempt: RunningAttempt | None) -> list:
        return self.dags.dag_runs(message, _of(attempt))

    def _on_task_states(self, message: Message, attempt: RunningAttempt | None) -> list:
        return self.dags.task_states(message, _of(attempt))

    def _on_dag_info(self, message: Message, attempt: RunningAttempt | None) -> dict | None:
        return self.dags.dag_info(message, _of(attempt))

    def _on_asset_events(self, message: Message, attempt: RunningAttempt | None) -> list:
        return self.dags.asset_events(message, _of(attempt))

    def _on_send_email(self, message: Message, attempt: RunningAttempt | None) -> None:
        attempt = _of(attempt)
        recipients, subject, content = task_mail(message)
        with self.db.write() as tx:
            mails.add_mail(
                tx,
                "task",
                recipients,
                subject=subject,
                content=self.vault.encrypt(json.dumps(content)),
                dag_id=attempt.row.dag_id,
                run_id=attempt.run.run_id,
                task_id=attempt.row.task_id,
                map_index=attempt.row.map_index,
                try_number=attempt.row.try_number,
            )
            self._audit(tx, "mail.write", attempt, to=recipients[:50])
        self.on_mail()

    def _audit(self, tx: Tx, event: str, attempt: RunningAttempt | None, **extra: Any) -> None:
        audit.add(
            tx,
            user=self.actor,
            source_ip=None,
            event=event,
            allowed=True,
            extra=extra,
            dag_id=attempt.row.dag_id if attempt else None,
            run_id=attempt.run.run_id if attempt else None,
            task_id=attempt.row.task_id if attempt else None,
            try_number=attempt.row.try_number if attempt else None,
        )


def _of(attempt: RunningAttempt | None) -> RunningAttempt:
    if attempt is None:
        raise CoutureError(
            "XComs and runs can be used in tasks only, not at the top of a DAG file."
        )
    return attempt


def _payload(row: Any, attempt: RunningAttempt) -> dict[str, Any]:
    found = {"task_id": row.task_id, "map_index": row.map_index, "key": row.key}
    if row.pickle is not None and row.account != attempt.who.account:
        raise CoutureError(
            f"XCom {row.key!r} of task {row.task_id!r} is a pickled object of another account. "
            "Push something that JSON can hold."
        )
    if row.pickle is not None:
        return {**found, "pickle": row.pickle.hex(), "text": row.text}
    return {**found, "json": row.value}


def xcom_row(attempt: RunningAttempt, message: Message, max_length: int) -> dict[str, Any]:
    """Return the row of a pushed XCom.

    Args:
        max_length: how many instances a task that is mapped over it may have.

    Raises:
        CoutureError: it cannot be stored like that.
    """
    payload = message["payload"]
    if not isinstance(message["key"], str):
        raise CoutureError(f"The key of an XCom must be text, not {message['key']!r}.")
    size = len(payload.get("json") or payload.get("pickle") or "")
    if size > MAX_XCOM:
        raise CoutureError(
            f"XCom {message['key']!r} is too large ({size:,} characters, {MAX_XCOM:,} allowed). "
            "Write it to a file and push its path."
        )
    length = message.get("length")
    if length is not None and not (type(length) is int and 0 <= length <= max_length):
        raise CoutureError(
            f"XCom {message['key']!r} has {length} items, and a task is mapped over it: at most "
            f"{max_length:,} are allowed (max_map_length)."
        )
    pickle = payload.get("pickle")
    return {
        "run_pk": attempt.row.run_pk,
        "dag_id": attempt.row.dag_id,
        "task_id": attempt.row.task_id,
        "map_index": attempt.row.map_index,
        "key": message["key"],
        "length": length,
        "value": payload.get("json"),
        "pickle": bytes.fromhex(pickle) if pickle is not None else None,
        "text": payload.get("text"),
        "account": attempt.who.account,
    }
