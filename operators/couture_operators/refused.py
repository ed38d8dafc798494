"""Methods of Airflow's objects that work on its database: they are there, and say what to use."""

from __future__ import annotations

from typing import Any, NoReturn

from couture_operators.exceptions import AirflowException

OTHER_WAYS = "the HTTP API does that"


class Refused:
    """A method that raises AirflowException when it is called; the sentence names another way."""

    def __init__(self, instead: str = OTHER_WAYS):
        self._instead = instead

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"{owner.__name__}.{name}"

    def __get__(self, _instance: Any, _owner: type) -> Any:
        return self._refuse

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise AirflowException(
            f"{self._name} works on Airflow's database, which tasks and DAG files do not reach "
            f"here: {self._instead}."
        )
