"""Every option of the product: one class, each trait with its help.

Read, later ones win: defaults, `couture_config.py` in COUTURE_HOME, `COUTURE_<NAME>` variables
(or what is in the file that `COUTURE_<NAME>_FILE` names), the command line.
`python -m couture_scheduler.settings` prints the reference page.
"""

import importlib.metadata
import importlib.util
import os
import socket
import sys
from pathlib import Path

from traitlets import Bool, Enum, Float, Int, TraitError, TraitType, Unicode, default
from traitlets.config import Configurable
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

CONFIG_FILE = "couture_config.py"


class SettingsError(Exception):
    """The settings do not allow a start; the message says what to change."""


class Settings(Configurable):
    """Options of server, scheduler and agent alike."""

    home = Unicode(
        help="COUTURE_HOME: the folder with dags/ notebooks/ artifacts/ outputs/ logs/ run/, "
        "the SQLite database and the key. JupyterLab is rooted here."
    ).tag(config=True)
    db_url = Unicode(
        help="SQLAlchemy URL of the metadata database; default: couture.db in `home`."
    ).tag(config=True)
    dags_folder = Unicode(help="Where DAG files are looked for; default: dags/ in `home`.").tag(
        config=True
    )
    slots = Int(
        help="How many attempts run at once on this host; default: 4 a core, at least 8."
    ).tag(config=True)
    default_pool_slots = Int(128, help="Slots of `default_pool` when it is made.").tag(config=True)
    max_active_tasks_per_dag = Int(
        16, help="Task instances of one DAG that may hold a slot, where the DAG does not say."
    ).tag(config=True)
    max_active_runs_per_dag = Int(
        16, help="Runs of one DAG that may be running, where the DAG does not say."
    ).tag(config=True)
    catchup_by_default = Bool(
        False, help="Whether a DAG that does not say makes up for missed intervals."
    ).tag(config=True)
    dags_are_paused_at_creation = Bool(True, help="Whether new DAGs start paused.").tag(config=True)
    own_uids = Bool(
        False,
        help="Whether people, service and scheduler have uids of their own; `couture start` sets "
        "it where it runs as root.",
    ).tag(config=True)
    system_uid = Int(
        19998, help="As root: uid of the service and the scheduler, who owns `home`."
    ).tag(config=True)
    run_uid = Int(
        19999, help="As root: uid under which DAG files run that no account has saved."
    ).tag(config=True)
    first_uid = Int(
        20000, help="As root: uids of people's processes are this and the number of the account."
    ).tag(config=True)
    parse_timeout = Float(30.0, help="Seconds that importing one DAG file may take.").tag(
        config=True
    )
    parse_memory_mb = Int(1024, help="Memory in MB that importing one DAG file may take.").tag(
        config=True
    )
    scan_interval = Float(
        30.0, help="Seconds between full scans of the DAG folder, the net under the file watcher."
    ).tag(config=True)
    ignore_file_syntax = Enum(
        ("regexp", "glob"),
        "regexp",
        help="How lines of .airflowignore are read: `regexp` as by Airflow 1.10 and 2, or `glob` "
        "as by Airflow 3.",
    ).tag(config=True)
    runtime_reparse_seconds = Float(
        60.0, help="How often a file that reads variables or connections at import is parsed again."
    ).tag(config=True)
    ring_again_seconds = Float(
        10.0, help="Seconds after which the doorbell of a queued attempt is rung again."
    ).tag(config=True)
    executor = Enum(
        ("local", "celery"),
        "local",
        help="How agents are told of queued attempts: `local` by a socket on this host, `celery` by "
        "messages over a broker, for many hosts (docs/cluster.md).",
    ).tag(config=True)
    broker_url = Unicode(
        help="Celery's broker, like amqp://user:password@rabbitmq:5672//; better as "
        "COUTURE_BROKER_URL than in a file that others read."
    ).tag(config=True, secret=True)
    broker_ca_file = Unicode(
        help="Certificate of the authority that the broker's must be of, where `broker_url` begins "
        "with amqps; default: those that the system trusts."
    ).tag(config=True)
    host_name = Unicode(
        help="Name of this host, which no other worker host may have; default: the machine's."
    ).tag(config=True)
    host_lease_seconds = Float(
        30.0,
        help="Seconds of silence after which a worker host has ended its attempts, and 5 s later "
        "others start them again; not on SQLite, where there is one host.",
    ).tag(config=True)
    run_folder = Unicode(
        help="Folder of sockets, locks and pids; of this host alone, never on a shared disk; "
        "default: run/ in `home`."
    ).tag(config=True)
    queues = Unicode(
        help="Queues whose tasks this host runs, separated by commas; empty = all queues."
    ).tag(config=True)
    workflow_user = Unicode(
        help="Whose DAGs people are shown first: lists open filtered by this owner, and new DAG "
        "files go to a folder of this name in the DAG folder; empty = everybody's."
    ).tag(config=True)
    heartbeat_seconds = Float(5.0, help="How often scheduler and agent show a sign of life.").tag(
        config=True
    )
    stop_grace_seconds = Float(
        10.0, help="Seconds that running attempts are given when everything is stopped."
    ).tag(config=True)
    idle_server_seconds = Int(
        4 * 3600, help="Seconds without activity after which a person's JupyterLab is stopped."
    ).tag(config=True)
    trusted_proxies = Unicode(
        help="Addresses of proxies in front of the product, separated by commas, whose "
        "X-Forwarded-* headers are believed; behind any other, visitors count as 0.0.0.0."
    ).tag(config=True)
    keep_running = Bool(
        False, help="Go on scheduling after JupyterLab was closed (solo deployment)."
    ).tag(config=True)
    warm_kernels = Int(
        1, help="Kernels kept ready for scheduled notebooks, for each kernelspec in use."
    ).tag(config=True)
    max_lost = Int(
        3, help="How often a task instance is started again, uncounted, after its host lost it."
    ).tag(config=True)
    max_conf_bytes = Int(
        1_000_000, help="Largest `conf` of a triggered run, in bytes of JSON."
    ).tag(config=True)
    max_map_length = Int(1024, help="How many instances one mapped task may have in a run.").tag(
        config=True
    )
    max_output_bytes = Int(
        20_000_000, help="Largest output of one notebook cell in bytes; more fails the cell."
    ).tag(config=True)
    base_url = Unicode(
        help="Address at which people open JupyterLab, for links in mails, for a team like "
        "https://jupyter.example/hub/user-redirect; empty = no links."
    ).tag(config=True)
    callback_timeout = Float(
        60.0, help="Seconds that a callback may take that is called beside the tasks."
    ).tag(config=True)
    smtp_host = Unicode(
        help="Mail server; where it is empty no mail is sent, and each says so."
    ).tag(config=True)
    smtp_port = Int(25, help="Port of the mail server.").tag(config=True)
    smtp_user = Unicode(help="Name to log in to the mail server with; empty = no login.").tag(
        config=True
    )
    smtp_password = Unicode(
        help="Password to log in to the mail server with; better as COUTURE_SMTP_PASSWORD than in "
        "a file that others read."
    ).tag(config=True, secret=True)
    smtp_from = Unicode("couture@localhost", help="Sender of mails that name none.").tag(
        config=True
    )
    smtp_starttls = Bool(
        False, help="Whether the connection to the mail server is encrypted by STARTTLS."
    ).tag(config=True)
    smtp_ssl = Bool(
        False, help="Whether the connection to the mail server is TLS from its first byte."
    ).tag(config=True)
    smtp_timeout = Float(10.0, help="Seconds that the mail server is given for an answer.").tag(
        config=True
    )
    log_format = Enum(
        ("text", "json"),
        "text",
        help="Lines of our processes' logs: `text` for people, or `json` for programs, an object a "
        "line. The service of a team writes `json` always.",
    ).tag(config=True)
    keep_days = Int(
        0,
        help="Days after which the scheduler deletes what is over: runs with their logs and "
        "notebooks, mails, events (docs/retention.md); 0 = it keeps everything.",
    ).tag(config=True)
    keep_runs = Int(
        0,
        help="How many of a DAG's newest runs the scheduler keeps, with their logs and notebooks "
        "(docs/retention.md); 0 = any number.",
    ).tag(config=True)
    default_timezone = Unicode("UTC", help="Zone of schedules that name none.").tag(config=True)
    test_connections = Bool(
        False,
        help="Whether connections can be tested from Lab, API and command line; the server then "
        "opens network connections to where people say.",
    ).tag(config=True)
    expose_config = Bool(
        True, help="Whether settings can be read over the API; secret ones are always hidden."
    ).tag(config=True)

    @default("home")
    def _default_home(self) -> str:
        return str(Path("~/couture").expanduser())

    @default("db_url")
    def _default_db_url(self) -> str:
        return f"sqlite:///{self.home_path / 'couture.db'}"

    @default("dags_folder")
    def _default_dags_folder(self) -> str:
        return str(self.home_path / "dags")

    @default("host_name")
    def _default_host_name(self) -> str:
        return socket.gethostname()

    @default("run_folder")
    def _default_run_folder(self) -> str:
        return str(self.home_path / "run")

    @default("slots")
    def _default_slots(self) -> int:
        return max(8, 4 * len(os.sched_getaffinity(0)))

    @property
    def home_path(self) -> Path:
        """COUTURE_HOME as a path."""
        return Path(self.home).expanduser().absolute()

    @property
    def queue_names(self) -> list[str] | None:
        """Queues whose tasks this host runs; None = all."""
        return [name.strip() for name in self.queues.split(",") if name.strip()] or None

    @property
    def dags_path(self) -> Path:
        """The DAG folder as a path."""
        return Path(self.dags_folder).expanduser().absolute()

    @property
    def run_path(self) -> Path:
        """The folder of sockets, locks and pids."""
        return Path(self.run_folder).expanduser().absolute()

    @property
    def bells_path(self) -> Path:
        """The folder in which the doorbells of this deployment hang."""
        return self.run_path / "bells"

    @property
    def logs_path(self) -> Path:
        """The folder of the attempts' logs."""
        return self.home_path / "logs"

    @property
    def outputs_path(self) -> Path:
        """The folder of executed notebooks."""
        return self.home_path / "outputs"

    def make_folders(self) -> None:
        """Create COUTURE_HOME and what belongs into it; keep what is there."""
        folders = [self.home_path / name for name in ("notebooks", "artifacts", "outputs", "logs")]
        for folder in (*folders, self.run_path):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.dags_path.mkdir(parents=True, exist_ok=True)


def load_settings(**overrides: object) -> Settings:
    """Read the settings for this process.

    Args:
        overrides: values from the command line; they win.

    Raises:
        SettingsError: a value is of the wrong kind, or root would run somebody else's file.
    """
    values = {**_from_environment(), **overrides}
    home = Path(str(values.get("home") or "~/couture")).expanduser().absolute()
    values["home"] = str(home)
    _check_owner(home / CONFIG_FILE)
    try:
        config = PyFileConfigLoader(CONFIG_FILE, path=str(home)).load_config()
    except ConfigFileNotFound:
        config = None
    except Exception as error:  # noqa: BLE001 - the administrator's own Python file
        raise SettingsError(f"{home / CONFIG_FILE} cannot be read: {error}") from error
    try:
        settings = Settings(config=config)
        for name, value in values.items():
            setattr(settings, name, value)
    except TraitError as error:
        raise SettingsError(f"A setting has a wrong value: {error}") from error
    return settings


def _check_owner(path: Path) -> None:
    """Refuse to run as root what another user can write: this file is code."""
    try:
        stat = path.stat()
    except OSError:
        return
    if os.geteuid() == 0 and (stat.st_uid != 0 or stat.st_mode & 0o022):
        raise SettingsError(
            f"{path} can be changed by other users, and root would run it. "
            f"Run: chown root {path}; chmod go-w {path}"
        )


def check_environment() -> None:
    """Refuse to start beside the apache-airflow distribution, whose package we would shadow.

    Raises:
        SettingsError: `airflow` would be imported from somewhere else.
    """
    try:
        version = importlib.metadata.version("apache-airflow")
    except importlib.metadata.PackageNotFoundError:
        version = None
    found = importlib.util.find_spec("airflow")
    ours = importlib.util.find_spec("couture_operators")
    origin = Path(found.origin).parent.parent if found and found.origin else None
    if version is None and ours and ours.origin and origin == Path(ours.origin).parent.parent:
        return
    what = f"apache-airflow {version}" if version else f"another `airflow` package in {origin}"
    raise SettingsError(
        f"{what} is installed in this Python environment ({sys.prefix}). Couture Workflow brings "
        "its own `airflow` package; install it into an environment without the other one."
    )


def read_variable(name: str) -> str | None:
    """Return a variable, or what is in the file that `<name>_FILE` names; None = there is neither.

    Secrets come as files into containers, whose environment everybody can look at.

    Raises:
        SettingsError: the file cannot be read, or both are there.
    """
    text, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if path is None:
        return text
    if text is not None:
        raise SettingsError(f"Both {name} and {name}_FILE are set. Keep one of them.")
    try:
        return Path(path).read_text().removesuffix("\n")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(f"{name}_FILE names {path}, which cannot be read: {why}.") from error


def _from_environment() -> dict[str, object]:
    values: dict[str, object] = {}
    for name, trait in Settings.class_traits(config=True).items():
        text = read_variable(f"COUTURE_{name.upper()}")
        if text is not None:
            values[name] = _parse(name, trait, text)
    return values


def _parse(name: str, trait: TraitType, text: str) -> object:
    if not isinstance(trait, Bool | Int | Float):
        return text
    try:
        return trait.from_string(text)
    except (ValueError, TraitError) as error:
        raise SettingsError(f"COUTURE_{name.upper()}={text!r}: {error}") from error


_PAGE = (
    "Set them in `couture_config.py` in COUTURE_HOME (`c.Settings.slots = 16`), as a variable",
    "(`COUTURE_SLOTS=16`), or as a file that a variable names, for secrets",
    "(`COUTURE_DB_URL_FILE=/run/secrets/db_url`). A variable wins over `couture_config.py`.",
)


def reference_page() -> str:
    """Return the settings as a Markdown table."""
    lines = [
        "# Settings",
        "",
        *_PAGE,
        "",
        "| name | default | what it does |",
        "| --- | --- | --- |",
    ]
    for name, trait in sorted(Settings.class_traits(config=True).items()):
        shown = "" if trait.default_value in ("", 0) else f"`{trait.default_value}`"
        lines.append(f"| `{name}` | {shown} | {trait.help} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(reference_page())
