import os
from pathlib import Path

import pytest

from couture_scheduler.secrets import VaultError, open_vault
from couture_scheduler.settings import Settings, SettingsError, load_settings, reference_page


def test_the_environment_wins_over_the_file(home, monkeypatch):
    home.mkdir()
    (home / "couture_config.py").write_text("c.Settings.slots = 3\nc.Settings.max_lost = 7\n")
    monkeypatch.setenv("COUTURE_HOME", str(home))
    monkeypatch.setenv("COUTURE_SLOTS", "5")
    settings = load_settings()
    assert (settings.slots, settings.max_lost) == (5, 7)


def test_the_command_line_wins_over_the_environment(home, monkeypatch):
    monkeypatch.setenv("COUTURE_SLOTS", "5")
    assert load_settings(home=str(home), slots=9).slots == 9


def test_a_variable_may_name_a_file_that_holds_the_value(tmp_path, monkeypatch):
    (tmp_path / "url").write_text("mysql+pymysql://couture:p%23ss@mysql/couture\n")
    (tmp_path / "slots").write_text("5\n")
    monkeypatch.setenv("COUTURE_DB_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("COUTURE_SLOTS_FILE", str(tmp_path / "slots"))
    settings = load_settings(home=str(tmp_path))
    assert settings.db_url == "mysql+pymysql://couture:p%23ss@mysql/couture"
    assert settings.slots == 5


@pytest.mark.parametrize("content", [None, b"\xff"], ids=["missing", "no text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch, content):
    file = tmp_path / "broker"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("COUTURE_BROKER_URL_FILE", str(file))
    with pytest.raises(SettingsError, match="COUTURE_BROKER_URL_FILE names .*broker, which cannot"):
        load_settings(home=str(tmp_path))


def test_a_variable_and_its_file_are_not_both_believed(tmp_path, monkeypatch):
    monkeypatch.setenv("COUTURE_BROKER_URL", "amqp://a")
    monkeypatch.setenv("COUTURE_BROKER_URL_FILE", str(tmp_path / "b"))
    with pytest.raises(SettingsError, match="Both COUTURE_BROKER_URL and COUTURE_BROKER_URL_FILE"):
        load_settings(home=str(tmp_path))


def test_a_wrong_value_names_the_variable(monkeypatch):
    monkeypatch.setenv("COUTURE_SLOTS", "many")
    with pytest.raises(SettingsError, match="COUTURE_SLOTS='many'"):
        load_settings()


def test_a_broken_config_file_is_named(home):
    home.mkdir()
    (home / "couture_config.py").write_text("c.Settings.slots = (\n")
    with pytest.raises(SettingsError, match=r"couture_config\.py cannot be read"):
        load_settings(home=str(home))


def test_every_trait_has_help_and_is_on_the_page():
    page = reference_page()
    for name, trait in Settings.class_traits(config=True).items():
        assert trait.help, name
        assert f"`{name}`" in page


def test_the_key_is_made_once_and_is_private(tmp_path):
    token = open_vault(tmp_path).encrypt("s3cret")
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert open_vault(tmp_path).decrypt(token) == "s3cret"


def test_a_key_that_others_can_read_is_refused(tmp_path):
    open_vault(tmp_path)
    (tmp_path / "secret.key").chmod(0o644)
    with pytest.raises(VaultError, match="can be read by others"):
        open_vault(tmp_path)


def test_another_key_is_an_error_and_never_plain_text(tmp_path):
    token = open_vault(tmp_path).encrypt("s3cret")
    (tmp_path / "secret.key").unlink()
    with pytest.raises(VaultError, match="another key"):
        open_vault(tmp_path).decrypt(token)


def test_the_page_in_docs_is_that_of_this_release():
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert page.read_text() == reference_page(), "run: python -m couture_scheduler.settings"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize(("owner", "mode"), [(1234, 0o600), (0, 0o666)], ids=["owner", "mode"])
def test_root_runs_no_configuration_that_others_can_write(tmp_path, owner, mode):
    file = tmp_path / "couture_config.py"
    file.write_text("c.Settings.slots = 3")
    os.chown(file, owner, owner)
    file.chmod(mode)
    with pytest.raises(SettingsError, match="can be changed by other users"):
        load_settings(home=str(tmp_path))
    os.chown(file, 0, 0)
    file.chmod(0o644)
    assert load_settings(home=str(tmp_path)).slots == 3
