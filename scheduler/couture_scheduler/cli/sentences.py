"""What goes wrong in any command is told in a sentence, not in a traceback."""

import sys
from typing import Any

import click

from couture_scheduler.errors import CoutureError
from couture_scheduler.settings import SettingsError

_OF_SECRETS = "couture_scheduler.secrets"


class Sentences(click.Group):
    """A group whose commands may raise whatever has a sentence for people, and meet a database away."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit code 1 beside the sentence."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if (said := _sentence(error)) is None:
                raise
            raise click.ClickException(said) from error


def _sentence(error: Exception) -> str | None:
    if isinstance(error, (CoutureError, SettingsError)):
        return str(error)
    # importing these two would cost more than most commands
    if _OF_SECRETS in sys.modules:
        from couture_scheduler.secrets import VaultError

        if isinstance(error, VaultError):
            return str(error)
    return _of_database(error) if "sqlalchemy" in sys.modules else None


def _of_database(error: Exception) -> str | None:
    from couture_scheduler.db.database import AWAY

    if not isinstance(error, AWAY):
        return None
    return (
        f"The database does not answer: {error.orig}. Start it, or correct `db_url` "
        "(COUTURE_DB_URL). `couture doctor` looks at it more closely."
    )
