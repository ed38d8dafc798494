"""`couture pools`: how many slots tasks share."""

import json
from typing import IO, Any

import click

from couture_scheduler.cli.session import every_page, output_option, session, show, show_one
from couture_scheduler.services.session import Session
from couture_scheduler.settings import Settings

_COLUMNS = (
    *("name", "slots", "open_slots", "running_slots", "queued_slots", "scheduled_slots"),
    *("deferred_slots", "include_deferred", "description"),
)


@click.group()
def pools() -> None:
    """List, show, set and delete pools."""


@pools.command("list")
@output_option
@click.pass_obj
def list_(settings: Settings, output: str) -> None:
    """List pools and who holds their slots; -1 = without a limit."""
    with session(settings) as open_:
        show(_all(open_), _COLUMNS, output)


def _all(open_: Session) -> list[Any]:
    from couture_scheduler.schemas.pools import PoolQuery
    from couture_scheduler.services.pools import get_pools

    def fetch(offset: int) -> tuple[list[Any], int]:
        found = get_pools(open_.call(), query=PoolQuery(limit=1000, offset=offset))
        return found.pools, found.total_entries

    return every_page(fetch)


@pools.command()
@click.argument("name")
@output_option
@click.pass_obj
def get(settings: Settings, name: str, output: str) -> None:
    """Show one pool."""
    from couture_scheduler.services.pools import get_pool

    with session(settings) as open_:
        show_one(get_pool(open_.call(), pool_name=name), output)


@pools.command("set")
@click.argument("name")
@click.argument("slots", type=click.IntRange(min=-1))
@click.argument("description", required=False)
@click.option("--include-deferred/--no-include-deferred", default=None)
@click.pass_obj
def set_(
    settings: Settings,
    name: str,
    slots: int,
    description: str | None,
    include_deferred: bool | None,
) -> None:
    """Add a pool, or change one; -- -1 = without a limit."""
    given = {"slots": slots, "description": description, "include_deferred": include_deferred}
    fields = {field: value for field, value in given.items() if value is not None}
    with session(settings) as open_:
        _set(open_, name, fields)
        click.echo(f"{name} has {'no limit' if slots < 0 else f'{slots} slots'}.")


def _set(open_: Session, name: str, fields: dict[str, Any]) -> None:
    from couture_scheduler.errors import NotFound
    from couture_scheduler.schemas.base import UpdateMask
    from couture_scheduler.schemas.pools import PoolBody, PoolPatchBody
    from couture_scheduler.services.pools import patch_pool, post_pool

    try:
        body = PoolPatchBody.model_validate(fields)
        patch_pool(open_.call(), pool_name=name, body=body, query=UpdateMask())
    except NotFound:
        post_pool(open_.call(), body=PoolBody.model_validate({"name": name, **fields}))


@pools.command("import")
@click.argument("file", type=click.File("r"))
@click.pass_obj
def import_(settings: Settings, file: IO[str]) -> None:
    """Add or change pools from a JSON file {name: {"slots": 3, "description": ...}}."""
    found = _read(file)
    with session(settings) as open_:
        for name, fields in found.items():
            _set(open_, name, fields)
        click.echo(f"{len(found)} pools are set.")


def _read(file: IO[str]) -> dict[str, Any]:
    from pydantic import ValidationError

    from couture_scheduler.schemas.pools import PoolBody

    try:
        found = json.load(file)
        for name, fields in dict(found).items():
            PoolBody.model_validate({"name": name, **fields})
    except (TypeError, ValueError, ValidationError) as error:
        raise click.BadParameter(f"it holds no pools: {error}", param_hint="FILE") from error
    return found


@pools.command()
@click.argument("file", type=click.File("w"))
@click.pass_obj
def export(settings: Settings, file: IO[str]) -> None:
    """Write all pools to a JSON file (- for the terminal)."""
    with session(settings) as open_:
        found = {
            one.name: {
                "slots": one.slots,
                "description": one.description,
                "include_deferred": one.include_deferred,
            }
            for one in _all(open_)
        }
    file.write(json.dumps(found, indent=2) + "\n")


@pools.command()
@click.argument("name")
@click.pass_obj
def delete(settings: Settings, name: str) -> None:
    """Delete a pool that no task uses."""
    from couture_scheduler.services.pools import delete_pool

    with session(settings) as open_:
        delete_pool(open_.call(), pool_name=name)
        click.echo(f"{name} is deleted.")
