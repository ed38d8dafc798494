import subprocess
import sys

import pytest

LATE = """
from couture_operators import iri_grammar
iri_grammar.defer()
import sys, jsonschema
"""


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    ).stdout.strip()


def test_the_format_iri_is_checked_as_ever_and_its_grammar_read_then():
    checked = """
checker = jsonschema.FormatChecker()
read = ["lark" in sys.modules]
for text in ("https://example.org/\u00e9", "no iri"):
    read.append(checker.conforms(text, "iri"))
import rfc3987_syntax
print(read + ["lark" in sys.modules, rfc3987_syntax.is_valid_syntax("iri", "no iri")])
"""
    assert run(LATE + checked) == "[False, True, False, True, False]"


def test_other_names_of_the_module_are_there():
    names = "from rfc3987_syntax import RFC3987_SYNTAX_TERMS as terms; print('iri' in terms)"
    assert run(LATE + names) == "True"


@pytest.mark.parametrize(
    ("module", "unused"),
    [
        ("couture_hub.proxy", ["sqlalchemy", "tornado", "couture_operators", "jsonschema"]),
        ("couture_hub.culler", ["sqlalchemy", "couture_operators", "jsonschema"]),
        ("couture_hub.service", ["jsonschema", "jupyterhub", "alembic", "requests"]),
        ("couture_scheduler.supervisor", ["sqlalchemy", "asyncio", "couture_operators"]),
        ("couture_scheduler.cli.run_scheduler", ["jsonschema", "pydantic", "tornado", "alembic"]),
        ("couture_scheduler.cli.run_agent", ["jsonschema", "pydantic", "tornado", "papermill"]),
        ("couture_scheduler.worker.zygote", ["sqlalchemy", "asyncio", "jsonschema"]),
        ("couture_scheduler.worker.attempt", ["sqlalchemy", "asyncio", "jsonschema", "numpy"]),
        ("couture_server.app", ["jsonschema", "jupyterhub", "alembic", "ldap3"]),
        ("couture_server.proxy", ["sqlalchemy", "pydantic", "couture_operators", "jsonschema"]),
    ],
)
def test_a_process_imports_nothing_heavy_that_it_does_not_use(module: str, unused: list[str]):
    unused = [*unused, "pandas", "IPython", "lark"]
    code = f"import sys, {module}; print([one for one in {unused} if one in sys.modules])"
    assert run(code) == "[]"
