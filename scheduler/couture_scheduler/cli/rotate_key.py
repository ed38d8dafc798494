"""`couture rotate-fernet-key`: another key for all that is encrypted."""

import click

from couture_scheduler.cli.session import session
from couture_scheduler.settings import Settings


@click.command("rotate-fernet-key")
@click.pass_obj
def rotate_fernet_key(settings: Settings) -> None:
    """Encrypt all secrets with a new key; nothing needs to be stopped, and it can be repeated."""
    from couture_scheduler.secrets import KEY_FILE
    from couture_scheduler.services.roles import local_admin
    from couture_scheduler.services.rotate_key import rotate_key

    with session(settings) as open_:
        changed = rotate_key(open_.workflow, local_admin("cli"), click.echo)
        click.echo(f"{changed} secrets have the new key; the old one is gone from {KEY_FILE}.")
        click.echo("Keep a copy of the new key with your backups of the database.")
