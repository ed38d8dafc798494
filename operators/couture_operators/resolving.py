"""Values that only a running task can know: placeholders in arguments, resolved when it renders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator
    from couture_operators.context import Context


class Resolvable:
    """A placeholder for a value; rendering a template field puts the value in its place."""

    def iter_references(self) -> Iterator[tuple[BaseOperator, str]]:
        """The tasks (and the XCom keys) that the value is made of."""
        return iter(())

    def resolve(self, context: Context, *_: Any, **__: Any) -> Any:
        """The value, inside a running task."""
        raise NotImplementedError


class LiteralValue(Resolvable):
    """A value that is passed on as it is, without being rendered."""

    def __init__(self, value: Any):
        self.value = value

    def resolve(self, context: Context, *_: Any, **__: Any) -> Any:
        """The value itself."""
        return self.value


def literal(value: Any) -> LiteralValue:
    """Keep a value from being rendered: its braces and file names mean nothing."""
    return LiteralValue(value)


def references_in(value: Any) -> Iterator[tuple[BaseOperator, str]]:
    """The tasks (and XCom keys) that a value refers to, looked for in nested containers too."""
    if isinstance(value, Resolvable):
        yield from value.iter_references()
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from references_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from references_in(item)
    elif not isinstance(value, str | type) and (fields := getattr(value, "template_fields", None)):
        for name in fields:
            yield from references_in(getattr(value, name, None))
