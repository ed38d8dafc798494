"""From a query's fields to a list's criteria, by the wire's naming: x, x_pattern, x_gte, ...;
and which fields of a PATCH count.
"""

from collections.abc import Collection, Mapping
from typing import Any

from couture_scheduler.errors import Invalid
from couture_scheduler.schemas.base import Body, Page, UpdateMask
from couture_scheduler.store.listing import Criteria

_BOUNDS = ("gte", "gt", "lte", "lt")


def criteria(
    query: Page, columns: Collection[str], *, rename: Mapping[str, str] | None = None
) -> Criteria:
    """Return what `query` asks of a list that has these columns; other fields are the service's.

    Args:
        rename: field of the query -> column, where the names differ.
    """
    among: dict[str, Any] = {}
    like: dict[str, str] = {}
    starts: dict[str, str] = {}
    bounds: list[tuple[str, str, Any]] = []
    for name, value in query.model_dump(exclude={"limit", "offset", "order_by"}).items():
        if value is None or value == []:
            continue
        field, _, bound = name.rpartition("_")
        if name.endswith("_prefix_pattern"):
            _put(starts, name.removesuffix("_prefix_pattern"), value, columns, rename)
        elif name.endswith("_pattern"):
            _put(like, name.removesuffix("_pattern"), value, columns, rename)
        elif bound in _BOUNDS and field in columns:
            bounds.append((field, bound, value))
        else:
            _put(among, name, value if isinstance(value, list) else [value], columns, rename)
    return Criteria(among, like, starts, bounds, query.order_by, query.limit, query.offset)


def _put(
    found: dict[str, Any],
    name: str,
    value: Any,
    columns: Collection[str],
    rename: Mapping[str, str] | None,
) -> None:
    column = (rename or {}).get(name, name)
    if column in columns:
        found[column] = value


def wanted_fields(body: Body, query: UpdateMask) -> set[str]:
    """Return the fields of a PATCH that count: those given, and named by the mask if there is one.

    Raises:
        Invalid: the mask names a field that cannot be changed.
    """
    mask = {name for part in query.update_mask for name in part.split(",")}
    if unknown := mask - type(body).model_fields.keys():
        raise Invalid(f"{sorted(unknown)[0]!r} cannot be changed.", "update_mask")
    return body.model_fields_set & mask if mask else set(body.model_fields_set)
