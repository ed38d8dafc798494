"""Another key for all secrets: interrupted anywhere it loses nothing, and a repeat ends it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from migrated import open_database
from sqlalchemy import insert, select, update

from couture_scheduler import db as db_package
from couture_scheduler import faults
from couture_scheduler.db.people import ldap_option
from couture_scheduler.db.tables import variable
from couture_scheduler.secrets import KEY_FILE, Vault, VaultError, open_vault, read_keys, write_keys
from couture_scheduler.services.roles import local_admin
from couture_scheduler.services.rotate_key import rotate_key
from couture_scheduler.services.workflow import open_workflow
from couture_scheduler.settings import Settings
from couture_scheduler.store import encrypted, variables

COUNT = 450  #: three batches
STEPS = ("key_written", "batch_replaced", "texts_replaced", "old_key_removed")


@pytest.fixture
def deployment(home):
    workflow = open_workflow(Settings(home=str(home)))
    encrypt = workflow.vault.encrypt
    with workflow.db.write() as tx:
        for number in range(COUNT):
            variables.set_variable(tx, f"key_{number}", encrypt(f"value {number}"), None)
        values = {"conn_id": "db", "conn_type": "x", "password": encrypt("p"), "extra": None}
        variables.add_connection(tx, values)
        tx.execute(insert(ldap_option).values(name="AUTH_LDAP_SERVER", value='"gAAAA"'))
    yield workflow
    faults.set_hook(None)
    workflow.close()


def rotate(workflow):
    return rotate_key(workflow, local_admin("cli"), lambda _: None)


def texts(db):
    with db.read() as tx:
        return [
            text
            for column in encrypted.columns()
            for _, text in encrypted.list_texts(tx, column, None, 1000)
        ]


def assert_all_is_readable(workflow):
    with workflow.db.read() as tx:
        found = {row.key: row.value for row in variables.list_variables(tx)}
        [connection] = variables.list_connections(tx)
    vault = open_vault(workflow.settings.home_path)
    assert all(vault.decrypt(found[f"key_{n}"]) == f"value {n}" for n in range(COUNT))
    assert vault.decrypt(connection.password) == "p"


def test_all_secrets_have_the_new_key_and_the_old_one_is_gone(deployment, home):
    [old] = read_keys(home / KEY_FILE)
    assert rotate(deployment) == COUNT + 1
    [new] = read_keys(home / KEY_FILE)
    assert new != old
    assert all(Vault(new).is_current(text) for text in texts(deployment.db))
    assert_all_is_readable(deployment)
    assert oct((home / KEY_FILE).stat().st_mode)[-3:] == "600"


def test_a_process_that_goes_on_follows_the_new_key(deployment):
    before = deployment.vault.encrypt("x")
    rotate(deployment)
    with pytest.raises(VaultError):
        deployment.vault.decrypt(before)  # of nobody's row: its key is gone
    assert open_vault(deployment.settings.home_path).decrypt(deployment.vault.encrypt("y")) == "y"


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_steps_it_loses_nothing_and_a_repeat_ends_it(deployment, home, step):
    script = (
        "import os, signal, sys\n"
        "from couture_scheduler import faults\n"
        "from couture_scheduler.cli.main import main\n"
        "kill = lambda name: name != sys.argv[1] or os.kill(os.getpid(), signal.SIGKILL)\n"
        "faults.set_hook(kill)\n"
        "main(['--home', os.environ['H'], 'rotate-fernet-key'])\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, step], env={**os.environ, "H": str(home)}, check=False
    )
    assert killed.returncode == -9
    assert_all_is_readable(deployment)
    rotate(deployment)
    assert len(read_keys(home / KEY_FILE)) == 1
    assert_all_is_readable(deployment)


def test_what_is_written_meanwhile_gets_the_new_key_too(deployment, home):
    [old] = read_keys(home / KEY_FILE)
    late = Vault(old)  # a process that read the key just before it was changed

    def write(name):
        if name == "old_key_removed":
            with deployment.db.write() as tx:
                variables.set_variable(tx, "late", late.encrypt("late"), None)

    faults.set_hook(write)
    rotate(deployment)
    with deployment.db.read() as tx:
        assert deployment.vault.decrypt(variables.find_variable(tx, "late").value) == "late"


def test_a_secret_of_an_unknown_key_keeps_both_keys_and_is_named(deployment, home):
    with deployment.db.write() as tx:
        lost = Vault(Fernet.generate_key()).encrypt("x")
        tx.execute(update(variable).where(variable.c.key == "key_7").values(value=lost))
    with pytest.raises(VaultError, match="variable 'key_7'"):
        rotate(deployment)
    assert len(read_keys(home / KEY_FILE)) == 2
    with deployment.db.write() as tx:
        variables.delete_variable(tx, "key_7")
    rotate(deployment)
    assert len(read_keys(home / KEY_FILE)) == 1


def test_texts_that_only_look_alike_are_left_alone(deployment):
    rotate(deployment)
    with deployment.db.read() as tx:
        assert tx.scalar(select(ldap_option.c.value)) == '"gAAAA"'


def test_a_file_of_keys_is_replaced_as_a_whole(home):
    open_database(Settings(home=str(home))).close()
    open_vault(home)
    (home / f"{KEY_FILE}.new").write_text("half")  # of a change that was interrupted
    keys = [Fernet.generate_key(), Fernet.generate_key()]
    write_keys(home / KEY_FILE, keys)
    assert read_keys(home / KEY_FILE) == keys
    assert not (home / f"{KEY_FILE}.new").exists()


def test_every_column_that_is_said_to_be_encrypted_gets_the_new_key():
    folder = Path(db_package.__file__).parent
    for file in folder.glob("*.py"):
        for line in file.read_text().splitlines():
            if "Column(" in line and "encrypted" in line.lower():
                assert "ENCRYPTED" in line, line
    assert len(encrypted.columns()) >= 5
