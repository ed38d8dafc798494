"""`couture pools`: how many slots tasks share."""

import click

from couture_scheduler.cli.session import every_page, output_option, session, show, show_one
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
    from couture_scheduler.schemas.pools import PoolQuery
    from couture_scheduler.services.pools import get_pools

    def fetch(offset: int) -> tuple[list, int]:
        found = get_pools(open_.call(), query=PoolQuery(limit=1000, offset=offset))
        return found.pools, found.total_entries

    with session(settings) as open_:
        show(every_page(fetch), _COLUMNS, output)


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
    from couture_scheduler.errors import NotFound
    from couture_scheduler.schemas.base import UpdateMask
    from couture_scheduler.schemas.pools import PoolBody, PoolPatchBody
    from couture_scheduler.services.pools import patch_pool, post_pool

    given = {"slots": slots, "description": description, "include_deferred": include_deferred}
    fields = {field: value for field, value in given.items() if value is not None}
    with session(settings) as open_:
        try:
            body = PoolPatchBody.model_validate(fields)
            patch_pool(open_.call(), pool_name=name, body=body, query=UpdateMask())
        except NotFound:
            post_pool(open_.call(), body=PoolBody.model_validate({"name": name, **fields}))
        click.echo(f"{name} has {'no limit' if slots < 0 else f'{slots} slots'}.")


@pools.command()
@click.argument("name")
@click.pass_obj
def delete(settings: Settings, name: str) -> None:
    """Delete a pool that no task uses."""
    from couture_scheduler.services.pools import delete_pool

    with session(settings) as open_:
        delete_pool(open_.call(), pool_name=name)
        click.echo(f"{name} is deleted.")
