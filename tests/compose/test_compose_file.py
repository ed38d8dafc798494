"""docker-compose.yml and Dockerfile: what can be known of them without an engine."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest
import yaml

from couture_scheduler.cli.main import main
from couture_scheduler.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
OURS = ("hub", "service", "scheduler", "worker")
OTHERS = ("mysql", "rabbitmq", "openldap", "serving")


def test_it_is_a_compose_file_as_the_specification_says():
    command = ["check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    subprocess.run([sys.executable, "-m", *command, ROOT / "docker-compose.yml"], check=True)


def test_there_is_what_the_cluster_needs(services):
    assert set(services) == {*OURS, *OTHERS, "secrets"}
    assert {name: one["profiles"] for name, one in services.items() if "profiles" in one} == {
        "openldap": ["ldap"],
        "serving": ["serving"],
    }


@pytest.mark.parametrize("name", [*OURS, *OTHERS])
def test_every_server_is_looked_after(services, name):
    assert services[name]["healthcheck"]["test"][0] == "CMD"
    assert services[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", [*OURS, *OTHERS])
def test_nothing_starts_before_what_it_needs_is_healthy(services, name):
    for needed, how in services[name]["depends_on"].items():
        is_made = needed == "secrets"
        wanted = "service_completed_successfully" if is_made else "service_healthy"
        assert how == {"condition": wanted}, (name, needed)
        assert is_made or "healthcheck" in services[needed]


def test_the_manuals_one_command_starts_all_that_a_worker_needs(services):
    needed, new = set(), {"worker"}
    while new:
        needed |= new
        new = {one for name in new for one in services[name].get("depends_on", ())} - needed
    assert needed == {*OURS, "mysql", "rabbitmq", "secrets"}


def test_there_may_be_many_workers(services):
    assert not {"container_name", "hostname", "ports"} & set(services["worker"])


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_ours(services, name):
    parse(services[name]["command"])
    check = services[name]["healthcheck"]["test"][1:]
    if check[0] == "couture":
        parse(check[1:])
    else:
        assert check[:3] == ["python", "-P", "/opt/couture/deploy/answers.py"]


def parse(arguments):
    """Read arguments as `couture` does, down to the last command, and call none of them."""
    command, context = main, click.Context(main)
    while isinstance(command, click.Group):
        name, found, arguments = command.resolve_command(context, list(arguments))
        assert found is not None
        command, context = found, click.Context(found, parent=context, info_name=name)
    command.make_context(command.name, list(arguments), parent=context.parent)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_ours_is_a_setting(services, name):
    for variable in services[name]["environment"]:
        setting = variable.removeprefix("COUTURE_").removesuffix("_FILE").lower()
        assert setting == "admin_password" or Settings.class_traits(config=True)[setting]


def test_nothing_secret_is_in_the_file(services):
    for name, service in services.items():
        for variable, value in (service.get("environment") or {}).items():
            if re.search("PASS|SECRET|TOKEN|KEY|_URL", variable) and variable != "COUTURE_BASE_URL":
                assert variable.endswith("_FILE"), (name, variable)
                assert value.startswith("/run/secrets/"), (name, variable)


def test_each_container_is_given_the_secrets_that_it_reads_and_no_others(services):
    made = mounts(services["secrets"])
    for name, service in services.items():
        given = {place for place in mounts(service) if place.startswith("/run/secrets/")}
        read = {
            str(Path(value).parent if variable.endswith("_FILE") else value)
            for variable, value in (service.get("environment") or {}).items()
            if str(value).startswith("/run/secrets/")
        }
        assert name == "secrets" or given == read, name
        for place in given:
            volume, mode = mounts(service)[place]
            assert made[place] == (volume, "")
            assert name == "secrets" or mode == "ro"


def mounts(service):
    """Return of each place its volume and how it is mounted."""
    found = [one.split(":") for one in service.get("volumes", ())]
    return {one[1]: (one[0], one[2] if len(one) > 2 else "") for one in found}


def test_every_volume_and_network_is_declared_and_used(compose, services):
    used = {volume for one in services.values() for volume, _ in mounts(one).values()}
    assert used == set(compose["volumes"])
    used = {network for one in services.values() for network in one.get("networks", ())}
    assert used == set(compose["networks"])


def test_what_is_shared_is_shared_and_what_is_of_one_host_is_not(services):
    shared = [mounts(services[name])["/var/lib/couture"] for name in OURS]
    assert shared == [("hub", ""), ("home", ""), ("home", ""), ("home", "")]
    for name in OURS:
        assert services[name]["tmpfs"] == ["/run/couture:uid=19998,gid=19998,mode=0700"]
    assert "COUTURE_RUN_FOLDER=/run/couture" in (ROOT / "Dockerfile").read_text()


def test_models_are_seen_at_one_path_by_who_stores_and_who_serves_them(services):
    assert mounts(services["service"])["/var/lib/couture/models"] == ("models", "")
    assert mounts(services["serving"])["/var/lib/couture/models"] == ("models", "ro")


def test_only_the_hub_can_reach_the_service(services):
    on_front = [name for name, one in services.items() if "front" in one.get("networks", ())]
    assert on_front == ["hub", "service"]
    assert services["service"]["networks"]["front"] == {"aliases": ["workflow"]}
    assert "--listen=workflow:8081" in services["service"]["command"]
    assert "--service=http://workflow:8081" in services["hub"]["command"]
    assert [name for name, one in services.items() if "ports" in one] == ["hub", "serving"]


def test_only_the_hub_is_root_and_that_with_few_rights(services):
    for name in OURS:
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
        assert services[name]["user"] == ("0:0" if name == "hub" else "19998:19998")
    uid = Settings().system_uid
    assert f"--uid {uid}" in (ROOT / "Dockerfile").read_text()


def test_the_image_is_of_this_release(services):
    for name in (*OURS, "secrets"):
        assert services[name]["image"] == f"couture-workflow:{version('couture-workflow')}"


def test_images_may_come_from_a_registry_of_ones_own(text):
    from_there = yaml.safe_load(re.sub(r"\$\{COUTURE_REGISTRY:-\}", "registry.example:5000/", text))
    for one in from_there["services"].values():
        assert one["image"].startswith("registry.example:5000/")


def test_the_personal_view_is_a_setting_of_every_part(text, services):
    assert text.count("${COUTURE_WORKFLOW_USER:-}") == 1
    for name in OURS:
        assert "COUTURE_WORKFLOW_USER" in services[name]["environment"]


def test_an_empty_variable_is_no_value(monkeypatch, home):
    monkeypatch.setenv("COUTURE_QUEUES", "")
    monkeypatch.setenv("COUTURE_BASE_URL", "")
    settings = load_settings(home=str(home))
    assert (settings.queue_names, settings.base_url) == (None, "")


def test_what_the_image_is_made_of_is_in_the_repository_and_not_ignored():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.M)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists()
        assert f"!{name}" in ignored
