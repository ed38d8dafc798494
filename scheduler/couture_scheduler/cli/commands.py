"""Which module has which command. Data: what is not asked for is not imported.

Every process of a deployment starts through the command line, and after a power cut all at once.
"""

import copy
import importlib

import click

from couture_scheduler.cli.old_words import OLD_WORDS
from couture_scheduler.cli.sentences import Sentences

COMMANDS = {
    "rotate-fernet-key": "rotate_key:rotate_fernet_key",
    "scheduler": "programs:scheduler",
    "worker": "programs:worker",
    "consumer": "programs:consumer",
    **{
        name: f"{name}:{name}"
        for name in (
            *("start", "service", "dags", "runs", "tasks", "backfill", "assets", "callbacks"),
            *("notebook", "variables", "connections", "pools", "config", "users", "db", "jobs"),
            "doctor",
        )
    },
}


class Commands(Sentences):
    """The group of all commands, each imported when it is looked up."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of today; the old words are found all the same."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, an old word's under a name of its own."""
        if cmd_name in OLD_WORDS:
            return _old(*OLD_WORDS[cmd_name])
        return _find(cmd_name) if cmd_name in COMMANDS else None


def _find(name: str) -> click.Command:
    module, attribute = COMMANDS[name].split(":")
    return getattr(importlib.import_module(f"couture_scheduler.cli.{module}"), attribute)


def _old(group: str, command: str) -> click.Command:
    found = _find(group)
    assert isinstance(found, click.Group)
    hidden = copy.copy(found.commands[command])
    hidden.hidden = True
    return hidden
