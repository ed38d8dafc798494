"""Asset expressions: which assets a schedule waits for, and whether they are all there. Pure.

E := {"asset": uri} | {"alias": name} | {"all": [E]} | {"any": [E]}
"""

from collections.abc import Collection, Mapping
from typing import Any

Expression = Mapping[str, Any]
TYPES = frozenset({"assets", "assets_or_time"})  #: of schedules that wait for assets


def is_met(
    expression: Expression, updated: Collection[str], aliases: Mapping[str, Collection[str]]
) -> bool:
    """Say whether the updates that came suffice.

    Args:
        updated: URIs of assets that were updated since the last run.
        aliases: for each alias, the URIs of the assets that it has stood for.
    """
    if "asset" in expression:
        return expression["asset"] in updated
    if "alias" in expression:
        return any(uri in updated for uri in aliases.get(expression["alias"], ()))
    if "all" in expression:
        return all(is_met(one, updated, aliases) for one in expression["all"])
    return any(is_met(one, updated, aliases) for one in expression["any"])


def names(expression: Expression | None, kind: str) -> list[str]:
    """Return what of a kind, "asset" or "alias", an expression names, each once."""
    if not expression:
        return []
    if kind in expression:
        return [expression[kind]]
    inner = [*expression.get("all", ()), *expression.get("any", ())]
    return list(dict.fromkeys(name for one in inner for name in names(one, kind)))
