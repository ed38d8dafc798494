"""`couture dags backfill`: a backfill in the words of Airflow 2, awaited."""

from datetime import datetime

import click

from couture_scheduler.cli.moments import Date
from couture_scheduler.cli.session import session, show
from couture_scheduler.cli.try_out import read_conf
from couture_scheduler.services.session import Session
from couture_scheduler.settings import Settings


@click.command("backfill")
@click.argument("dag_id")
@click.option("--start-date", "-s", type=Date(), required=True, help="First logical date.")
@click.option("--end-date", "-e", type=Date(), help="Last logical date; default: the first.")
@click.option("--conf", "-c", help="JSON object of the runs, or @FILE that holds one.")
@click.option("--dry-run", "-n", is_flag=True, help="Only say which runs it would make.")
@click.option("--rerun-failed-tasks", is_flag=True, help="Runs that failed run again.")
@click.option("--reset-dagruns", is_flag=True, help="Runs that have ended run again.")
@click.option("--run-backwards", "-B", is_flag=True, help="The latest date first.")
@click.option("--yes", "-y", is_flag=True, help="Nothing is asked; here for old scripts.")
@click.pass_obj
def backfill_dag(
    settings: Settings,
    dag_id: str,
    start_date: datetime,
    end_date: datetime | None,
    conf: str | None,
    dry_run: bool,
    rerun_failed_tasks: bool,
    reset_dagruns: bool,
    run_backwards: bool,
    yes: bool,
) -> None:
    """Make the runs of DAG_ID in a range of dates and wait for their end.

    The scheduler makes them: it goes on if this command is left. `couture backfill` knows all
    options, and shows, pauses and cancels backfills. Exit code 1 unless all runs succeed.
    """
    from couture_scheduler.schemas.backfills import BackfillPostBody
    from couture_scheduler.services import backfills

    reprocess = "completed" if reset_dagruns else "failed" if rerun_failed_tasks else "none"
    body = BackfillPostBody(
        dag_id=dag_id,
        from_date=start_date,
        to_date=end_date or start_date,
        run_backwards=run_backwards,
        dag_run_conf=read_conf(conf),
        reprocess_behavior=reprocess,
    )
    with session(settings) as open_:
        if dry_run:
            found = backfills.create_backfill_dry_run(open_.call(), body=body)
            show(found.backfills, ("logical_date",), "table")
            return
        made = backfills.create_backfill(open_.call(), body=body)
        if made.counts.get("waiting"):
            click.echo(
                f"Backfill {made.id} is under way; couture backfill cancel {made.id} ends it."
            )
        counts = _await(open_, made.id)
        click.echo(", ".join(f"{state}: {count}" for state, count in counts.items()))
        if counts.get("failed"):
            raise SystemExit(1)


def _await(open_: Session, backfill_id: int) -> dict[str, int]:
    from couture_scheduler.services.backfills import get_backfill

    with open_.changes() as wait_for_change:
        while True:
            found = get_backfill(open_.call(), backfill_id=backfill_id)
            if found.completed_at is not None:
                return found.counts
            wait_for_change(5.0)
