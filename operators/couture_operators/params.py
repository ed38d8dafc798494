"""Param: an input of a DAG run with a default, a description and a JSON schema.

The schema is what forms are made of and what the values of a run are held against.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from couture_operators import iri_grammar, validation
from couture_operators.exceptions import ParamValidationError
from couture_operators.resolving import Resolvable

if TYPE_CHECKING:
    from couture_operators.context import Context
    from couture_operators.dag import DAG

_UNSET: Any = object()


class Param:
    """A declared run input. Keywords beyond these two are its JSON schema (type, enum, ...).

    Without a default a value must be given when a run is started.
    """

    def __init__(self, default: Any = _UNSET, description: str | None = None, **schema: Any):
        self.has_value = default is not _UNSET
        self.value = default if self.has_value else None
        self.description = description
        self.schema: dict[str, Any] = schema.pop("schema", None) or schema

    @classmethod
    def of(cls, value: Any) -> Param:
        """The Param itself, or one that has the value as its default."""
        return value if isinstance(value, Param) else cls(value)

    def resolve(self, value: Any = _UNSET, suppress_exception: bool = False) -> Any:
        """The value (the default when none is given), held against the schema.

        Raises:
            ParamValidationError: it does not fit; with suppress_exception None is the answer.
        """
        try:
            given = {} if value is _UNSET else {"value": value}
            return validate_params({"value": self.to_dict()}, given)["value"]
        except ParamValidationError:
            if suppress_exception:
                return None
            raise

    def dump(self) -> dict[str, Any]:
        """The stored form."""
        return self.to_dict()

    def to_dict(self) -> dict[str, Any]:
        """The stored form; `required` stands there only when there is no default."""
        stored = {"value": self.value, "description": self.description, "schema": self.schema}
        return stored if self.has_value else {**stored, "required": True}

    def __repr__(self) -> str:
        return f"Param({self.value!r})" if self.has_value else "Param()"


# the methods of MutableMapping go through those below, while dict's would not
class ParamsDict(MutableMapping[str, Any], dict[str, Any]):  # type: ignore[misc]
    """Params by name; reading one gives its value, held against its schema.

    A dict too, as in Airflow 1.10; what reads it past its methods finds the values.
    """

    def __init__(self, params: Mapping[str, Any] | None = None, suppress_exception: bool = False):
        self.suppress_exception = suppress_exception
        self._params: dict[str, Param] = {}
        known = params._params if isinstance(params, ParamsDict) else params or {}
        for name, value in known.items():
            self._put(name, Param.of(value))

    def _put(self, name: str, param: Param) -> None:
        self._params[name] = param
        dict.__setitem__(self, name, param.value)

    def __getitem__(self, name: str) -> Any:
        param = self._params[name]
        if param.has_value and not param.schema:
            return param.value
        return param.resolve(suppress_exception=self.suppress_exception)

    def __setitem__(self, name: str, value: Any) -> None:
        if not isinstance(value, Param):
            known = copy.copy(self._params.get(name) or Param())
            known.value, known.has_value = value, True
            value = known
        self._put(name, value)

    def __delitem__(self, name: str) -> None:
        del self._params[name]
        dict.__delitem__(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)

    def __contains__(self, name: object) -> bool:
        return name in self._params

    def __reduce__(self) -> Any:
        return ParamsDict, (self._params, self.suppress_exception)

    def get_param(self, name: str) -> Param:
        """The Param itself."""
        return self._params[name]

    def declared(self) -> dict[str, Param]:
        """The Params themselves."""
        return dict(self._params)

    def given(self) -> dict[str, Any]:
        """The values as they are, held against nothing."""
        return {name: param.value for name, param in self._params.items()}

    def copy(self) -> ParamsDict:
        """Another one with the same Params."""
        return ParamsDict(self._params, self.suppress_exception)

    def dump(self) -> dict[str, Any]:
        """All values."""
        return {name: self[name] for name in self}

    def validate(self) -> dict[str, Any]:
        """All values; ParamValidationError for the first that does not fit."""
        stored = {name: param.to_dict() for name, param in self._params.items()}
        return validate_params(stored, {})

    def __repr__(self) -> str:
        return repr(self.given())


class ParamsAttribute:
    """The `params` of a DAG or a task: whatever is set becomes a ParamsDict."""

    def __get__(self, instance: Any, _owner: type) -> ParamsDict:
        return self if instance is None else vars(instance)["params"]  # type: ignore[return-value]

    def __set__(self, instance: Any, value: Any) -> None:
        declared = declared_in(instance._sentence_name, value) if value else None
        vars(instance)["params"] = ParamsDict(declared)


def declared_in(where: str, value: Any) -> dict[str, Any]:
    """What somebody wrote as `params`: a dict, or the params of a DAG or a task."""
    given = value.declared() if isinstance(value, ParamsDict) else value
    return validation.mapping(where, "params", given)


def validate_params(
    serialized_params: Mapping[str, Mapping[str, Any]], conf: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The values of a run's params: those of its conf, else the defaults.

    Args:
        serialized_params: {name: {value, schema, required}} of a stored DAG.
        conf: what the run was given; keys that are no params are left out of the answer.

    Raises:
        ParamValidationError: one is missing or does not fit its schema; the sentence names it.
    """
    given = conf or {}
    return {name: _checked(name, param, given) for name, param in serialized_params.items()}


def _checked(name: str, param: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    schema = param.get("schema") or {}
    if name not in given and param.get("required"):
        raise ParamValidationError(f"The param {name!r} needs a value; it has no default.")
    value = given.get(name, param.get("value"))
    if schema:
        _hold_against(name, value, schema)
    return value


def _hold_against(name: str, value: Any, schema: dict[str, Any]) -> None:
    iri_grammar.defer()
    from jsonschema import FormatChecker  # most DAGs have no schema and do without it
    from jsonschema.exceptions import SchemaError, UnknownType, ValidationError
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        # an empty registry: what a schema refers to elsewhere is not fetched
        checker = validator_for(schema)(schema, registry=Registry(), format_checker=FormatChecker())
        checker.validate(value)
    except ValidationError as error:
        shown = f"{value!r}"[:200]
        raise ParamValidationError(
            f"The param {name!r} cannot be {shown}: {error.message[:500]}."
        ) from error
    except (SchemaError, UnknownType, Unresolvable) as error:
        raise ParamValidationError(
            f"The schema of param {name!r} is none: {error}"[:700]
        ) from error


class DagParam(Resolvable):
    """A param of a DAG, to be passed to tasks: `dag.param("name")`, an argument of an `@dag`."""

    def __init__(self, current_dag: DAG, name: str, default: Any = _UNSET):
        if default is not _UNSET:
            current_dag.params[name] = Param.of(default)
        self.name, self._default = name, default

    def resolve(self, context: Context, *_: Any, **__: Any) -> Any:
        """The value that the run was given, else the default."""
        try:
            return context["params"][self.name]
        except KeyError:
            raise ParamValidationError(f"The param {self.name!r} needs a value.") from None

    def __str__(self) -> str:
        return f"{{{{ params[{self.name!r}] }}}}"

    def __repr__(self) -> str:
        return f"DagParam({self.name!r})"
