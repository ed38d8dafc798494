"""Dates on the command line, and the runs that people name by one."""

from datetime import UTC, datetime
from typing import Any

import click

from couture_scheduler.services.session import Session


class Date(click.ParamType):
    """A date or moment; without a zone it is UTC."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment that a text names."""
        found = read_moment(value)
        if found is None:
            self.fail(f"{value!r} is no date, such as 2026-11-01 or 2026-11-01T06:00.", param, ctx)
        return found


def read_moment(text: str) -> datetime | None:
    """Return the moment that a text names, without a zone in UTC; None = it names none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def find_run(open_: Session, dag_id: str, which: str) -> Any:
    """Return a run by its id or by its logical date.

    Raises:
        NotFound: there is none; the sentence is that of the id.
    """
    from couture_scheduler.errors import NotFound
    from couture_scheduler.schemas.dag_runs import RunQuery
    from couture_scheduler.services.dag_runs import get_dag_run, get_dag_runs

    try:
        return get_dag_run(open_.call(), dag_id=dag_id, dag_run_id=which)
    except NotFound:
        if (moment := read_moment(which)) is None:
            raise
        query = RunQuery.model_validate({"logical_date_gte": moment, "logical_date_lte": moment})
        found = get_dag_runs(open_.call(), dag_id=dag_id, query=query).dag_runs
        if not found:
            raise
        return found[0]
