"""`couture users`: people of a team, on the machine of the deployment."""

import getpass
import sys

import click

from couture_scheduler.cli.session import every_page, output_option, session, show
from couture_scheduler.services.session import RemoteSession, Session
from couture_scheduler.settings import Settings

_COLUMNS = ("name", "first_name", "last_name", "email", "origin", "roles", "is_active")


@click.group()
def users() -> None:
    """Add and list people, give them another password."""


@users.command("list")
@click.option("--search", help="In names and e-mail.")
@output_option
@click.pass_obj
def list_(settings: Settings, search: str | None, output: str) -> None:
    """List people."""
    from couture_scheduler.schemas.accounts import AccountQuery
    from couture_scheduler.services.accounts import get_accounts

    with session(settings) as open_:
        _prepare(open_)

        def fetch(offset: int) -> tuple[list, int]:
            query = AccountQuery(limit=1000, offset=offset, order_by=["name"], search=search)
            found = get_accounts(open_.call(), query=query)
            return found.accounts, found.total_entries

        show(every_page(fetch), _COLUMNS, output)


@users.command()
@click.argument("name")
@click.option("--role", "roles", multiple=True, help="May be given several times.")
@click.option("--first-name", default="")
@click.option("--last-name", default="")
@click.option("--email", default="")
@click.option("--ldap", is_flag=True, help="The directory knows the password.")
@click.pass_obj
def create(
    settings: Settings,
    name: str,
    roles: tuple[str, ...],
    first_name: str,
    last_name: str,
    email: str,
    ldap: bool,
) -> None:
    """Add a person; the first password is asked for, or read from standard input."""
    from couture_scheduler.schemas.accounts import NewAccount
    from couture_scheduler.services.accounts import create_account

    body = NewAccount(
        name=name,
        origin="ldap" if ldap else "local",
        password="" if ldap else _password(),
        roles=list(roles),
        first_name=first_name,
        last_name=last_name,
        email=email,
    )
    with session(settings) as open_:
        _prepare(open_)
        made = create_account(open_.call(), body=body)
        then = "" if ldap else " and has to choose another password then"
        click.echo(f"{made.name} can log in{then}.")


@users.command("reset-password")
@click.argument("name")
@click.pass_obj
def reset_password(settings: Settings, name: str) -> None:
    """Give a person another password, which is asked for, or read from standard input."""
    from couture_scheduler.schemas.accounts import PasswordReset
    from couture_scheduler.services.accounts import reset_password as reset

    body = PasswordReset(new_password=_password())
    with session(settings) as open_:
        _prepare(open_)
        reset(open_.call(), account=name, body=body)
        click.echo(f"{name} has to choose another password at the next login.")


def _prepare(open_: Session) -> None:
    """Make the default roles where no Hub was started yet; elsewhere the service has."""
    from couture_scheduler.services.login import prepare_accounts

    if not isinstance(open_, RemoteSession):
        prepare_accounts(open_.workflow)


def _password() -> str:
    """Return a password that is in no argument, which others could read."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise click.ClickException("These were two different passwords.")
    return first
