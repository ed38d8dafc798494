"""`couture jobs`: our own processes."""

import sys

import click

from couture_scheduler.cli.session import output_option, session, show
from couture_scheduler.settings import Settings

_COLUMNS = ("id", "job_type", "state", "hostname", "start_date", "latest_heartbeat")
_KINDS = click.Choice(["SchedulerJob", "AgentJob"])


@click.group()
def jobs() -> None:
    """Look at schedulers and agents."""


@jobs.command(name="list")
@click.option("--job-type", type=_KINDS)
@output_option
@click.pass_obj
def list_jobs(settings: Settings, job_type: str | None, output: str) -> None:
    """List those that run, or should."""
    from couture_scheduler.schemas.jobs import JobQuery
    from couture_scheduler.services.jobs import get_jobs

    with session(settings) as open_:
        query = JobQuery(job_state="running", job_type=job_type)
        show(get_jobs(open_.call(), query=query).jobs, _COLUMNS, output)


@jobs.command()
@click.option("--job-type", type=_KINDS)
@click.option("--hostname", help="Only on this host.")
@click.option("--local", is_flag=True, help="Only on this host: the one where this is typed.")
@click.pass_obj
def check(settings: Settings, job_type: str | None, hostname: str | None, local: bool) -> None:
    """Exit with 0 if such a process has shown a sign of life lately, for health checks."""
    from couture_scheduler.schemas.jobs import JobQuery
    from couture_scheduler.services.jobs import get_jobs

    host = settings.host_name if local else hostname
    with session(settings) as open_:
        query = JobQuery(is_alive=True, job_type=job_type, hostname=host)
        found = get_jobs(open_.call(), query=query).total_entries
    what = f"{job_type or 'process of ours'}{f' on {host}' if host else ''}"
    if not found:
        click.echo(f"No {what} has shown a sign of life lately.", err=True)
        sys.exit(1)
    click.echo(f"{what} is alive.")
