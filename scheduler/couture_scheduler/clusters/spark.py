"""The Spark configuration: arguments of spark-submit and `spark.*` options, as one JSON file (S3).

{"arguments": {"master": "yarn", "jars": ["lib.jar"]}, "configurations": {"spark.ui.enabled": "false"}}
"""

import json
import math
import re
from typing import Any

from couture_scheduler.clusters.bad_file import BadFile
from couture_scheduler.clusters.secrets import is_secret, names_secret
from couture_scheduler.sensitive import HIDDEN

GROUPS = ("arguments", "configurations")
_ARGUMENT = re.compile(r"[a-z][a-z0-9-]{0,60}")
_OPTION = re.compile(r"spark\.[\w.-]{1,200}")

Groups = dict[str, dict[str, Any]]


def read(data: bytes) -> Groups:
    """Parse a configuration.

    Returns:
        Both groups; values are text, true or false, numbers, or lists of text.

    Raises:
        BadFile: it is no JSON of that form.
    """
    try:
        found = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"it is no JSON: {error}") from error
    if not isinstance(found, dict) or not set(found) <= set(GROUPS):
        raise BadFile("it must be an object with the groups arguments and configurations")
    groups = {group: found.get(group, {}) for group in GROUPS}
    for group, options in groups.items():
        if not isinstance(options, dict):
            raise BadFile(f"{group} must be an object of options")
        for name, value in options.items():
            _check(group, name, value)
    return groups


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _check(group: str, name: str, value: Any) -> None:
    pattern, example = (_ARGUMENT, "master") if group == "arguments" else (_OPTION, "spark.app.x")
    if not pattern.fullmatch(name):
        raise BadFile(f"{name!r} is no name for {group}, such as {example}")
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str | int) or _is_number(one) for one in texts):
        raise BadFile(f"{name} must be text, a number, true, false or a list of texts")
    if any(isinstance(one, str) and not one.isprintable() for one in texts):
        raise BadFile(f"{name} holds a line break or another character that cannot be printed")


def _is_number(value: Any) -> bool:
    return isinstance(value, float) and math.isfinite(value)  # 1e999 is JSON, and infinite


def write(groups: Groups) -> bytes:
    """Return a configuration as its file; the same options always give the same bytes."""
    return json.dumps(groups, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def hide(data: bytes) -> bytes:
    """Return a configuration with `***` for its secrets."""
    return write(
        {
            group: {
                name: HIDDEN if _is_secret(name, value) else value
                for name, value in options.items()
            }
            for group, options in read(data).items()
        }
    )


def restore(data: bytes, kept: bytes | None) -> bytes:
    """Return a configuration with the kept secrets in the place of `***`.

    Raises:
        BadFile: there is no kept one for a `***`.
    """
    groups, known = read(data), read(kept) if kept is not None else {}
    for group, options in groups.items():
        for name in [name for name, value in options.items() if value == HIDDEN]:
            before = known.get(group, {}).get(name)
            if before is not None and _is_secret(name, before):
                options[name] = before
            elif names_secret(name):
                raise BadFile(f"{name} is {HIDDEN}, and there is no value of it here: write it in")
    return write(groups)


def _is_secret(name: str, value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return any(is_secret(name, str(one)) for one in texts)
