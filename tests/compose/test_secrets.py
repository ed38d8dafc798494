"""deploy/secrets.sh: what nobody may know is made once."""

import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import make_url

from couture_scheduler.secrets import open_vault

SCRIPT = Path(__file__).parents[2] / "deploy" / "secrets.sh"


@pytest.fixture
def make(tmp_path):
    def make() -> dict[str, str]:
        environment = {
            "PATH": os.environ["PATH"],
            "COUTURE_SECRETS": str(tmp_path / "secrets"),
            "COUTURE_HOME": str(tmp_path / "home"),
            "COUTURE_HUB_HOME": str(tmp_path / "hub"),
            "COUTURE_UID": "12345",
        }
        subprocess.run([SCRIPT], env=environment, check=True)
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        return {str(path.relative_to(tmp_path)): path.read_text() for path in files}

    return make


def test_there_is_all_that_the_containers_read(make):
    assert set(make()) == {
        "secrets/couture/broker_url",
        "secrets/couture/db_url",
        "secrets/ldap/admin_password",
        "secrets/login/admin_password",
        "secrets/mysql/password",
        "secrets/mysql/root_password",
        "secrets/rabbitmq/couture.conf",
        "home/models/models.config",
        "home/secret.key",
        "hub/secret.key",
    }


def test_a_second_start_changes_nothing(make):
    assert make() == make()


def test_secrets_are_long_and_no_two_are_alike(make):
    found = make()
    passwords = [text.strip() for name, text in found.items() if name.endswith("password")]
    assert len(set(passwords)) == len(passwords) == 4
    assert all(len(one) == 48 for one in passwords)


def test_the_addresses_have_the_passwords_of_their_servers(make):
    found = make()
    url = make_url(found["secrets/couture/db_url"].strip())
    assert url.password == found["secrets/mysql/password"].strip()
    assert (url.drivername, url.host, url.database) == ("mysql+pymysql", "mysql", "couture")
    broker = found["secrets/couture/broker_url"].strip()
    password = broker.removeprefix("amqp://couture:").removesuffix("@rabbitmq:5672//")
    assert f"default_pass = {password}\n" in found["secrets/rabbitmq/couture.conf"]


def test_the_key_is_a_key_and_the_hub_has_the_same(make, tmp_path):
    make()
    token = open_vault(tmp_path / "home").encrypt("s3cret")
    assert open_vault(tmp_path / "hub").decrypt(token) == "s3cret"


def test_a_key_that_was_changed_comes_to_the_hub(make, tmp_path):
    make()
    key = tmp_path / "home" / "secret.key"
    key.unlink()
    token = open_vault(tmp_path / "home").encrypt("s3cret")
    make()
    assert open_vault(tmp_path / "hub").decrypt(token) == "s3cret"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_ours_can_be_read_by_us_alone(make, tmp_path):
    make()
    for name in ("couture/db_url", "couture/broker_url", "login/admin_password"):
        stat = (tmp_path / "secrets" / name).stat()
        assert (stat.st_uid, stat.st_mode & 0o777) == (12345, 0o400), name
    for name in ("home", "hub"):
        stat = (tmp_path / name / "secret.key").stat()
        assert (stat.st_uid, stat.st_mode & 0o777) == (12345, 0o600), name


def test_what_a_dag_file_has_put_in_the_way_is_not_followed(make, tmp_path):
    make()
    victim = tmp_path / "hub" / "secret.key"
    before = victim.read_text()
    (tmp_path / "home" / "secret.key").unlink()
    (tmp_path / "home" / "secret.key.new").symlink_to(victim)
    make()
    assert not (tmp_path / "home" / "secret.key").is_symlink()
    assert victim.read_text() == (tmp_path / "home" / "secret.key").read_text() != before
