"""XComArg: what another task returns, written down before it has run.

It may stand anywhere in a template field, in nested lists and dicts too; the task that uses it runs
after the task that it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from couture_operators.exceptions import XComNotFound
from couture_operators.relations import DependencyMixin
from couture_operators.resolving import Resolvable, references_in
from couture_operators.xcom import XCOM_RETURN_KEY
from couture_operators.xcom_sequences import Concatenated, Mapped, Zipped, checked_sequence

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator
    from couture_operators.context import Context

_MISSING: Any = object()


class XComArg(DependencyMixin, Resolvable):
    """What a task returns (or pushes under a key), or something made of such values.

    `XComArg(task)` and `task.output` are the return value of a task.
    """

    def __new__(cls, *_: Any, **__: Any) -> Any:
        """Make a PlainXComArg where XComArg itself is called."""
        made: Any = PlainXComArg if cls is XComArg else cls
        return super().__new__(made)

    @property
    def roots(self) -> list[BaseOperator]:
        """The tasks that the value comes from."""
        return list(dict.fromkeys(task for task, _ in self.iter_references()))

    @property
    def leaves(self) -> list[BaseOperator]:
        """The tasks that the value comes from."""
        return self.roots

    def describe(self) -> dict[str, Any]:
        """How long the value is, as an expression that the engine can work out."""
        raise NotImplementedError

    def map(self, f: Callable[[Any], Any]) -> MapXComArg:
        """Let a function change each item before it is used."""
        return MapXComArg(self, [f])

    def zip(self, *others: XComArg, fillvalue: Any = _MISSING) -> ZipXComArg:
        """Put the items of several values together; a fillvalue lets the longest one decide."""
        return ZipXComArg([self, *others], fillvalue)

    def concat(self, *others: XComArg) -> ConcatXComArg:
        """Put several values one after the other."""
        return ConcatXComArg([self, *others])

    def as_setup(self) -> XComArg:
        """Let the tasks be setups."""
        for task in self.roots:
            task.as_setup()
        return self

    def as_teardown(self, **kwargs: Any) -> XComArg:
        """Let the tasks be teardowns; arguments as those of `BaseOperator.as_teardown`."""
        for task in self.roots:
            task.as_teardown(**kwargs)
        return self

    def __enter__(self) -> Any:
        return self.roots[0].__enter__()

    def __exit__(self, *error: object) -> None:
        self.roots[0].__exit__(*error)

    def __iter__(self) -> NoReturn:
        raise TypeError(
            f"{self!r} has no items before its task has run, so the DAG file cannot loop over it; "
            "use expand() to make one task for each item."
        )

    @staticmethod
    def iter_xcom_references(arg: Any) -> Iterator[tuple[BaseOperator, str]]:
        """The tasks (and XCom keys) that a value refers to."""
        return references_in(arg)

    @staticmethod
    def apply_upstream_relationship(op: BaseOperator, arg: Any) -> None:
        """Let a task run after all tasks that a value refers to."""
        op._wait_for_references(arg)


class PlainXComArg(XComArg):
    """What one task pushed under one key."""

    _is_single = True

    def __init__(self, operator: BaseOperator, key: str = XCOM_RETURN_KEY):
        self.operator, self.key = operator, key

    def iter_references(self) -> Iterator[tuple[BaseOperator, str]]:
        """The task and the key."""
        yield self.operator, self.key

    @property
    def is_setup(self) -> bool:
        """Whether the task is a setup."""
        return self.operator.is_setup

    @property
    def is_teardown(self) -> bool:
        """Whether the task is a teardown."""
        return self.operator.is_teardown

    @property
    def on_failure_fail_dagrun(self) -> bool:
        """Whether a failure of the teardown fails the run."""
        return self.operator.on_failure_fail_dagrun

    @on_failure_fail_dagrun.setter
    def on_failure_fail_dagrun(self, value: bool) -> None:
        self.operator.on_failure_fail_dagrun = value

    def describe(self) -> dict[str, Any]:
        """The task and the key."""
        return {"xcom": self.operator.task_id, "key": self.key}

    def map(self, f: Callable[[Any], Any]) -> MapXComArg:
        """Let a function change each item before it is used."""
        self._refuse_key("map")
        return super().map(f)

    def zip(self, *others: XComArg, fillvalue: Any = _MISSING) -> ZipXComArg:
        """Put the items of several values together; a fillvalue lets the longest one decide."""
        self._refuse_key("zip")
        return super().zip(*others, fillvalue=fillvalue)

    def concat(self, *others: XComArg) -> ConcatXComArg:
        """Put several values one after the other."""
        self._refuse_key("concat")
        return super().concat(*others)

    def _refuse_key(self, what: str) -> None:
        if self.key != XCOM_RETURN_KEY:
            raise ValueError(f"{what}() works on what a task returns, not on {self!r}.")

    def resolve(self, context: Context, *_: Any, **__: Any) -> Any:
        """Fetch the value; None for a task that returned nothing."""
        ti = context["ti"]
        found = ti.xcom_pull(
            task_ids=self.operator.task_id,
            key=self.key,
            map_indexes=ti.map_index_of(self.operator),
            default=_MISSING,
        )
        if found is not _MISSING:
            return found
        if self.key == XCOM_RETURN_KEY or self.operator.multiple_outputs:
            return None
        raise XComNotFound(
            f"Task {self.operator.task_id!r} pushed no XCom with the key {self.key!r}."
        )

    def __getitem__(self, key: str) -> PlainXComArg:
        if not isinstance(key, str):
            raise ValueError(
                f"{self!r}[{key!r}]: only the keys of a dict can be taken from what a task will "
                "return (with multiple_outputs); take items of a list inside a task."
            )
        return PlainXComArg(self.operator, key)

    def __str__(self) -> str:
        where = f"task_ids='{self.operator.task_id}', dag_id='{self.operator.dag_id}'"
        return f"{{{{ task_instance.xcom_pull({where}, key='{self.key}') }}}}"

    def __repr__(self) -> str:
        key = "" if self.key == XCOM_RETURN_KEY else f", {self.key!r}"
        return f"XComArg({self.operator!r}{key})"


class MapXComArg(XComArg):
    """A value whose items go through functions."""

    def __init__(self, arg: XComArg, callables: Sequence[Callable[[Any], Any]]):
        for function in callables:
            if getattr(function, "is_task_decorator", False):
                raise ValueError(f"map() takes a plain function; {function!r} is a task.")
        self.arg, self.callables = arg, list(callables)

    def iter_references(self) -> Iterator[tuple[BaseOperator, str]]:
        """What the value itself refers to."""
        return self.arg.iter_references()

    def describe(self) -> dict[str, Any]:
        """As long as the value itself."""
        return {"map": self.arg.describe()}

    def map(self, f: Callable[[Any], Any]) -> MapXComArg:
        """Let another function change each item."""
        return MapXComArg(self.arg, [*self.callables, f])

    def resolve(self, context: Context, *_: Any, **__: Any) -> Any:
        """The value, whose items are changed when they are read."""
        return Mapped(checked_sequence("map", self.arg.resolve(context)), self.callables)

    def __repr__(self) -> str:
        names = (getattr(function, "__name__", "<function>") for function in self.callables)
        return repr(self.arg) + "".join(f".map({name})" for name in names)


class _ManyXComArg(XComArg):
    """Made of several values."""

    def __init__(self, args: Iterable[XComArg]):
        self.args = list(args)

    def iter_references(self) -> Iterator[tuple[BaseOperator, str]]:
        """What the values refer to."""
        for arg in self.args:
            yield from arg.iter_references()

    def _sequences(self, name: str, context: Context) -> list[Any]:
        return [checked_sequence(name, arg.resolve(context)) for arg in self.args]

    def __repr__(self) -> str:
        first, *rest = map(repr, self.args)
        name = type(self).__name__.removesuffix("XComArg").lower()
        return f"{first}.{name}({', '.join(rest)})"


class ZipXComArg(_ManyXComArg):
    """The items of several values put together."""

    def __init__(self, args: Iterable[XComArg], fillvalue: Any = _MISSING):
        super().__init__(args)
        self.longest, self.fillvalue = fillvalue is not _MISSING, fillvalue

    def describe(self) -> dict[str, Any]:
        """As long as the shortest value, or as the longest one with a fillvalue."""
        return {"zip": [arg.describe() for arg in self.args], "longest": self.longest}

    def resolve(self, context: Context, *_: Any, **__: Any) -> Any:
        """Tuples of the items."""
        return Zipped(self._sequences("zip", context), self.longest, self.fillvalue)


class ConcatXComArg(_ManyXComArg):
    """Several values one after the other."""

    def concat(self, *others: XComArg) -> ConcatXComArg:
        """Put more values after these."""
        return ConcatXComArg([*self.args, *others])

    def describe(self) -> dict[str, Any]:
        """As long as all values together."""
        return {"concat": [arg.describe() for arg in self.args]}

    def resolve(self, context: Context, *_: Any, **__: Any) -> Any:
        """The items of all values."""
        return Concatenated(self._sequences("concat", context))
