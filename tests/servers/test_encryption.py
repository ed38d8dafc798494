"""What goes to databases and the broker can be encrypted, and who answers can be checked."""

import shutil

import pytest
from certificates import Authority
from required import require
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from cluster import Cluster
from couture_scheduler.db.database import Database
from couture_scheduler.doctor.broker import look_at_broker
from couture_scheduler.settings import Settings
from servers import MySQL, PostgreSQL, RabbitMQ, Server, free_port

pytestmark = pytest.mark.processes

MANY = """
with DAG("many", schedule=None, start_date=START, is_paused_upon_creation=False):
    for number in range(20):
        PythonOperator(task_id=f"p{number}", python_callable=lambda: 7)
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ours"), "ours")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("theirs"), "theirs")


def certify(server: Server, authority: Authority) -> list[str]:
    """Return the files of a certificate for a server, which can read them: its own, the key."""
    issued = authority.issue(type(server).__name__.lower(), "127.0.0.1")
    files = []
    for file in (issued.file, issued.key_file):
        place = shutil.copy(file, server.folder / file.name)
        if server.runs_as:
            shutil.chown(place, server.runs_as, server.runs_as)
        files.append(str(place))
    return files


@pytest.fixture(scope="module", params=[MySQL, PostgreSQL], ids=lambda kind: kind.__name__)
def database(request, authority):
    """A server with a certificate, and how a URL names the authority that is trusted."""
    require(request.param)
    server = request.param()
    certificate, key = certify(server, authority)
    if request.param is MySQL:
        server.command += [f"--ssl-cert={certificate}", f"--ssl-key={key}"]
        named = "ssl_ca", {}
    else:
        server.command += ["-c", "ssl=on", "-c", f"ssl_cert_file={certificate}"]
        server.command += ["-c", f"ssl_key_file={key}"]
        named = "sslrootcert", {"sslmode": "verify-full"}
    server.start()
    yield server, *named
    server.stop()


def open_database(database, authority: Authority) -> Database:
    server, name, more = database
    url = make_url(server.url).update_query_dict({name: str(authority.file), **more})
    return Database(url.render_as_string(hide_password=False))


def test_a_database_of_the_authority_that_is_named_is_spoken_to_in_secret(database, authority):
    db = open_database(database, authority)
    asked = {
        "mysql": "SHOW STATUS LIKE 'Ssl_version'",
        "postgresql": "SELECT 0, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    }
    with db.read() as tx:
        [(_, version)] = tx.rows(text(asked[db.engine.dialect.name]))
    db.close()
    assert version.startswith("TLSv1.")


def test_a_database_of_another_authority_is_refused(database, stranger):
    db = open_database(database, stranger)
    with pytest.raises(OperationalError, match="certificate verify failed"), db.read():
        pass
    db.close()


@pytest.fixture(scope="module")
def broker(authority, tmp_path_factory):
    """A broker with a certificate, and where it can be spoken to in secret."""
    require(RabbitMQ)
    broker, port = RabbitMQ(), free_port()
    certificate, key = certify(broker, authority)
    folder = tmp_path_factory.mktemp("mounted")
    (folder / "tls.conf").write_text(
        f"listeners.ssl.1 = 127.0.0.1:{port}\n"
        f"ssl_options.cacertfile = {shutil.copy(authority.file, broker.folder)}\n"
        f"ssl_options.certfile = {certificate}\n"
        f"ssl_options.keyfile = {key}\n"
    )
    broker.configure(folder)
    broker.start()
    yield f"amqps://guest:guest@127.0.0.1:{port}//"
    broker.stop()


def look(broker: str, authority: Authority) -> str | None:
    settings = Settings(executor="celery", broker_url=broker, broker_ca_file=str(authority.file))
    [finding, *_] = look_at_broker(settings, [])
    return finding.problem


def test_tasks_are_rung_for_in_secret(tmp_path, url, broker, authority):
    cluster = Cluster(
        tmp_path / "home", url, broker, broker_ca_file=str(authority.file), heartbeat_seconds=0.5
    )
    try:
        cluster.start()
        cluster.write("many.py", MANY)
        assert cluster.wait_for_run("many", cluster.trigger("many"), 30) == "success"
    finally:
        cluster.stop()


def test_a_broker_is_refused_whose_certificate_is_of_another_authority_or_host(
    broker, authority, stranger
):
    assert look(broker, authority) is None
    assert "certificate verify failed" in look(broker, stranger)
    assert "certificate verify failed" in look(broker.replace("127.0.0.1", "localhost"), authority)
