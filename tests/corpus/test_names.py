"""All modules and names of two Airflow distributions are there or refused with a sentence."""

import ast
import importlib
import re

import pytest
from fetch import WHEELS
from names import modules, public_names

from airflow._advice import ADVICE
from airflow._offered import offered_names
from airflow._paths import PATHS

#: the packages that DAG files import from; of the others only the modules are compared
AUTHORING = {
    *("", "compat", "configuration", "datasets", "decorators", "exceptions", "hooks", "io"),
    *("lineage", "listeners", "macros", "models", "notifications", "operators", "plugins_manager"),
    *("policies", "sensors", "settings", "stats", "task", "template", "timetables", "triggers"),
    *("typing_compat", "utils", "version"),
}
#: what is said of anything that nobody has thought of
_OF_NONE = re.compile(r"is no module of Airflow|has no \w+ here|Did you mean")


def refusal(statement):
    """Return the sentence with which an import is refused; None when it is not."""
    try:
        exec(statement, {})
    except ModuleNotFoundError as error:
        return str(error)
    return None


@pytest.fixture(scope="module")
def offered(wheels):
    """{version: {module: source}} of the modules that are there."""
    return {
        version: {
            path: source
            for path, source in modules(wheel).items()
            if refusal(f"import {_full(path)}") is None
        }
        for version, wheel in wheels.items()
    }


def _full(path):
    return f"airflow.{path}" if path else "airflow"


@pytest.mark.parametrize("version", WHEELS)
def test_every_module_is_there_or_refused_with_a_sentence_of_its_own(wheels, version):
    paths = modules(wheels[version])
    told = {path: refusal(f"import {_full(path)}") for path in paths}
    assert len(paths) > 400
    assert {path: said for path, said in told.items() if said and _OF_NONE.search(said)} == {}


@pytest.mark.parametrize("version", WHEELS)
def test_every_name_is_there_or_refused_with_a_sentence_of_its_own(offered, version):
    missing, count = {}, 0
    for path, source in offered[version].items():
        if path.partition(".")[0] not in AUTHORING:
            continue
        for name in public_names(source):
            count += 1
            said = refusal(f"from {_full(path)} import {name}")
            if said and _OF_NONE.search(said):
                missing[f"{path}.{name}"] = said
    assert missing == {}
    assert count > 250


@pytest.mark.parametrize("version", WHEELS)
def test_every_exception_is_there(wheels, version):
    source = modules(wheels[version])["exceptions"]
    exceptions = importlib.import_module("airflow.exceptions")
    assert [name for name in public_names(source) if not hasattr(exceptions, name)] == []


def test_an_exception_is_caught_by_the_name_of_its_base(wheels):
    source = modules(wheels["2.10.5"])["exceptions"]
    exceptions = importlib.import_module("airflow.exceptions")
    pairs = [
        (node.name, ast.unparse(base))
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    ]
    known = [(name, base) for name, base in pairs if isinstance(getattr(exceptions, base, 0), type)]
    assert len(known) > 40
    for name, base in known:
        assert issubclass(getattr(exceptions, name), getattr(exceptions, base)), name


def test_no_sentence_refuses_what_is_offered():
    offered = {f"{path}.{name}" for path, entry in PATHS.items() for name in offered_names(entry)}
    assert sorted(set(ADVICE) & offered) == []
