"""Lists: filter, order and page any query by the names that the wire uses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import iterate

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Invalid
from couture_scheduler.rights import DagScope, Pattern

COUNT_LIMIT = 10_000  #: lists are counted exactly up to here

Columns = Mapping[str, ColumnElement[Any]]
Query = Select[*tuple[Any, ...]]
Joins = Sequence[tuple[Table, ColumnElement[bool]]]


@dataclass(frozen=True)
class Criteria:
    """What a list is to hold; every name is one of the list's columns.

    Attributes:
        among: column -> allowed values.
        like: column -> text that it contains, whatever the case; `%` and `_` stand for any text
            and any character, `|` separates alternatives, `~` is everything.
        starts: column -> text that it starts with; `|` and `~` as in `like`.
        bounds: (column, "gte" | "gt" | "lte" | "lt", value).
        order_by: columns, with a `-` in front for descending.
    """

    among: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    like: Mapping[str, str] = field(default_factory=dict)
    starts: Mapping[str, str] = field(default_factory=dict)
    bounds: Sequence[tuple[str, str, Any]] = ()
    order_by: Sequence[str] = ()
    limit: int = 50
    offset: int = 0

    @property
    def names(self) -> set[str]:
        """The columns that decide what is in the list, and where."""
        of_bounds = (name for name, _, _ in self.bounds)
        ordering = (name.removeprefix("-") for name in self.order_by)
        return {*self.among, *self.like, *self.starts, *of_bounds, *ordering}

    def with_bounds(self, bounds: Sequence[tuple[str, str, Any]]) -> "Criteria":
        """Return these criteria with further bounds."""
        return replace(self, bounds=(*self.bounds, *bounds))


@dataclass(frozen=True)
class Listed:
    """One page and how many rows there are in all, counted up to COUNT_LIMIT."""

    rows: list[Any]
    total: int


def list_page(
    tx: Tx,
    query: Select[*tuple[Any, ...]],
    columns: Columns,
    criteria: Criteria,
    key: ColumnElement[Any],
    joins: Joins = (),
) -> Listed:
    """Return one page of `query`; equal rows are ordered by `key`, the primary key.

    Keys are counted and sorted alone, so that whole rows are read of the page only: where an index
    knows it all, no table is.

    Args:
        joins: tables with what joins them from the outside, at most one row to each of the query's.

    Raises:
        Invalid: order_by names no column of the list.
    """
    keys = query.with_only_columns(key).where(*_conditions(columns, criteria))
    every = _with_needed(keys, joins)
    total = min(tx.scalar(_count(every)), COUNT_LIMIT)
    whole = joined(query, joins)
    if not criteria.offset and total <= criteria.limit:  # the page is all there is
        order = _order(columns, _names(criteria), key)
        page = tx.scalars(every.limit(criteria.limit)) if total else []
        rows = whole.where(key.in_(page)).order_by(*order)
        return Listed(tx.rows(rows) if page else [], total)
    ordered = _ordered(keys, joins, columns, criteria, key, few=total < COUNT_LIMIT)
    page = tx.scalars(ordered.limit(criteria.limit).offset(criteria.offset))
    rows = tx.rows(whole.where(key.in_(page))) if page else []
    found = {getattr(row, key.name): row for row in rows}
    return Listed([found[one] for one in page if one in found], total)


def _count(keys: Query) -> Query:
    return select(func.count()).select_from(keys.limit(COUNT_LIMIT + 1).subquery())


def joined(query: Query, joins: Joins) -> Query:
    """Return a query with its joins."""
    for table, condition in joins:
        query = query.outerjoin(table, condition)
    return query


def _with_needed(query: Query, joins: Joins) -> Query:
    """Return a query with those of its joins whose columns it names."""
    named = {one.table for one in iterate(query) if isinstance(one, Column)}
    return joined(query, [one for one in joins if one[0] in named])


def _ordered(
    keys: Query,
    joins: Joins,
    columns: Columns,
    criteria: Criteria,
    key: ColumnElement[Any],
    *,
    few: bool,
) -> Query:
    """Return the keys in their order.

    A few are found first and then sorted: the limit keeps planners from walking along the order
    through a whole table in the hope of meeting them soon.
    """
    names = _names(criteria)
    order = _order(columns, names, key)
    if not few:
        return _with_needed(keys.order_by(*order), joins)
    sorted_by = [columns[name.removeprefix("-")].label(f"by{n}") for n, name in enumerate(names)]
    found = _with_needed(keys.add_columns(*sorted_by), joins).limit(COUNT_LIMIT).subquery()
    named = {name.removeprefix("-"): found.c[f"by{n}"] for n, name in enumerate(names)}
    return select(found.c[key.name]).order_by(*_order(named, names, found.c[key.name]))


def _names(criteria: Criteria) -> Sequence[str]:
    return criteria.order_by or [name for name, _, _ in criteria.bounds[:1]]


def visible(column: ColumnElement[Any], dags: DagScope) -> list[Any]:
    """Return the condition that leaves only DAGs that may be seen."""
    if dags is None:
        return []
    names = [one for one in dags if isinstance(one, str) and "*" not in one]
    return [or_(column.in_(names), *(_fits_all(column, one) for one in dags if one not in names))]


def _fits_all(column: ColumnElement[Any], pattern: Pattern) -> ColumnElement[bool]:
    parts = (pattern,) if isinstance(pattern, str) else pattern
    return and_(*(Fits(column, part) for part in parts))


class Fits(ColumnElement[bool]):
    """Whether a column fits a pattern with `*`, letter case included; see `rights.matches`."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], pattern: str):
        self.column = column
        self.pattern = pattern
        self.type = Boolean()


@compiles(Fits)
def _fits(element: Fits, compiler: Any, **kwargs: Any) -> str:
    text = "%".join(re.sub(r"([%_/])", r"/\1", part) for part in element.pattern.split("*"))
    return compiler.process(element.column.like(text, escape="/"), **kwargs)


@compiles(Fits, "mysql", "mariadb")
def _fits_mysql(element: Fits, compiler: Any, **kwargs: Any) -> str:
    text = "%".join(re.sub(r"([%_/])", r"/\1", part) for part in element.pattern.split("*"))
    column = func.binary(element.column)
    return compiler.process(column.like(text, escape="/"), **kwargs)


@compiles(Fits, "sqlite")
def _fits_sqlite(element: Fits, compiler: Any, **kwargs: Any) -> str:
    text = re.sub(r"([?\[])", r"[\1]", element.pattern)
    return compiler.process(element.column.op("GLOB")(text), **kwargs)


def _conditions(columns: Columns, criteria: Criteria) -> list[Any]:
    found: list[Any] = [columns[name].in_(values) for name, values in criteria.among.items()]
    found += [_any_of(columns[name], text, contains=True) for name, text in criteria.like.items()]
    found += [
        _any_of(columns[name], text, contains=False) for name, text in criteria.starts.items()
    ]
    for name, comparison, value in criteria.bounds:
        found.append(_COMPARE[comparison](columns[name], value))
    return found


_COMPARE = {
    "gte": lambda column, value: column >= value,
    "gt": lambda column, value: column > value,
    "lte": lambda column, value: column <= value,
    "lt": lambda column, value: column < value,
}


def _any_of(column: ColumnElement[Any], text: str, *, contains: bool) -> Any:
    parts = ["" if part == "~" else part for part in map(str.strip, text.split("|"))]
    if contains:
        wanted = [f"%{part.replace('/', '//')}%" for part in parts]
        return or_(*(column.ilike(part, escape="/") for part in wanted))
    return or_(*(column.startswith(part, autoescape=True) for part in parts))


def _order(columns: Columns, names: Sequence[str], key: ColumnElement[Any]) -> list[Any]:
    order = []
    for name in names:
        column = columns.get(name.removeprefix("-"))
        if column is None:
            known = ", ".join(sorted(columns))
            raise Invalid(f"Cannot order by {name!r}. Possible: {known}.", "order_by")
        order.append(column.desc() if name.startswith("-") else column.asc())
    last_is_down = bool(names) and names[-1].startswith("-")
    return [*order, key.desc() if last_is_down else key.asc()]
