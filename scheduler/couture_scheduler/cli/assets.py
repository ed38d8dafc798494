"""`couture assets`: what tasks update and schedules wait for."""

from typing import Any

import click

from couture_scheduler.cli.session import every_page, output_option, session, show, show_one
from couture_scheduler.cli.try_out import read_conf
from couture_scheduler.services.session import Session
from couture_scheduler.settings import Settings


@click.group()
def assets() -> None:
    """List assets and have them updated."""


@assets.command("list")
@output_option
@click.pass_obj
def list_(settings: Settings, output: str) -> None:
    """List the assets that DAGs name."""
    with session(settings) as open_:
        rows = [one.model_dump(mode="json") for one in _list_assets(open_)]
        for row in rows:
            row["waiting_dags"] = [one["dag_id"] for one in row["scheduled_dags"]]
            row["updated_by"] = [_task(one) for one in row["producing_tasks"]]
        show(rows, ("name", "uri", "group", "updated_by", "waiting_dags"), output)


@assets.command()
@click.option("--alias", is_flag=True, help="NAME is that of an alias.")
@click.option("--name")
@click.option("--uri")
@output_option
@click.pass_obj
def details(
    settings: Settings, alias: bool, name: str | None, uri: str | None, output: str
) -> None:
    """Show one asset, found by its name, its URI or both; or one alias."""
    with session(settings) as open_:
        find = _find_alias if alias else _find_asset
        show_one(find(open_, name, uri), output)


@assets.command()
@click.option("--name")
@click.option("--uri")
@click.option("--conf", help="JSON object, or @FILE that holds one.")
@output_option
@click.pass_obj
def materialize(
    settings: Settings, name: str | None, uri: str | None, conf: str | None, output: str
) -> None:
    """Make a run of the DAG that updates an asset."""
    from couture_scheduler.schemas.assets import MaterializeAssetBody
    from couture_scheduler.services.assets import materialize_asset

    with session(settings) as open_:
        asset_id = _find_asset(open_, name, uri).id
        body = MaterializeAssetBody(conf=read_conf(conf))
        run = materialize_asset(open_.call(), asset_id=asset_id, body=body)
        show([run], ("dag_id", "dag_run_id", "state", "run_after"), output)


def _find_asset(open_: Session, name: str | None, uri: str | None) -> Any:
    if name is None and uri is None:
        raise click.UsageError("Name an asset by --name, --uri or both.")
    found = _list_assets(open_, name, uri)
    if len(found) == 1:
        return found[0]
    what = name or uri
    if not found:
        raise click.ClickException(f"There is no asset {what!r}.")
    uris = ", ".join(one.uri for one in found)
    raise click.ClickException(f"Several assets have the name {what!r}; add --uri, one of: {uris}.")


def _find_alias(open_: Session, name: str | None, uri: str | None) -> Any:
    from couture_scheduler.schemas.assets import AssetAliasQuery
    from couture_scheduler.services.assets import get_asset_aliases

    if name is None or uri is not None:
        raise click.UsageError("An alias has a name, given with --name, and no URI.")
    found = get_asset_aliases(open_.call(), query=AssetAliasQuery(name=name)).asset_aliases
    if not found:
        raise click.ClickException(f"There is no asset alias {name!r}.")
    return found[0]


def _list_assets(open_: Session, name: str | None = None, uri: str | None = None) -> list[Any]:
    from couture_scheduler.schemas.assets import AssetQuery
    from couture_scheduler.services.assets import get_assets

    def fetch(offset: int) -> tuple[list[Any], int]:
        query = AssetQuery(limit=1000, offset=offset, order_by=["name"], name=name, uri=uri)
        found = get_assets(open_.call(), query=query)
        return found.assets, found.total_entries

    return every_page(fetch)


def _task(reference: dict[str, Any]) -> str:
    return f"{reference['dag_id']}.{reference['task_id']}"
