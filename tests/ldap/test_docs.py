"""The page about the directory is that of this release."""

import re
from pathlib import Path

import pytest

from couture_scheduler.ldap.keys import OPTIONS, read_values
from couture_scheduler.ldap.options import options_of

PAGE = (Path(__file__).parents[2] / "docs" / "ldap.md").read_text()
EXAMPLES = re.findall(r"```\n(AUTH_TYPE.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_setting_is_in_the_table_with_its_default_and_its_help(option):
    default = f"`{option.default}`" if option.default else ""
    assert f"\n| `{option.name}` | {default} | {option.help} |\n" in PAGE


def test_there_are_three_examples():
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_saved(example):
    values = dict(line.split(" = ", 1) for line in example.strip().splitlines())
    assert options_of(read_values(values)).is_enabled
