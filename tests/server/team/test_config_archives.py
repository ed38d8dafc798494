"""The manual's calls for configuration and dependencies: whole or not at all, and no secret leaves."""

import io
import json
import zipfile
from urllib.parse import urljoin

import httpx
import pytest
from team_people import add_person

from couture_scheduler.services.archives import pack, unpack
from couture_scheduler.store import config_files

CORE = b"""<?xml version="1.0"?>
<!-- of the data platform; <configuration> follows -->
<configuration>
  <property><name>fs.defaultFS</name><value>hdfs://name:8020</value></property>
  <property><name>fs.s3a.secret.key</name><value>s3cret-value</value></property>
</configuration>
"""
HDFS = (
    b"<configuration><property><name>dfs.replication</name><value>3</value></property>"
    b"</configuration>"
)
SPARK = json.dumps(
    {
        "arguments": {"master": "yarn", "jars": ["lib.jar"]},
        "configurations": {"spark.ui.enabled": "false", "spark.ssl.keyPassword": "s3cret-value"},
    }
).encode()
FILES = {
    "spark.json": SPARK,
    "hadoop/prod/core-site.xml": CORE,
    "hadoop/prod/hdfs-site.xml": HDFS,
}


@pytest.fixture
def call(team, workflow):
    for name, role in (("alma", "Admin"), ("dora", "Developer")):
        add_person(workflow, name, role)
        team.add_token(f"t-{name}", name)

    def call(kind, files=None, name="alma"):
        headers = {"Authorization": f"token t-{name}"}
        address = urljoin(team.service, f"/api/{kind}/")
        if files is None:
            return httpx.get(address, headers=headers)
        data = files if isinstance(files, bytes) else pack(files)
        return httpx.post(address, headers=headers, files={"sources": data})

    return call


def exported(call, kind="configs"):
    answer = call(kind)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{kind}.tar.gz"'
    return unpack(answer.content)


def kept(workflow):
    with workflow.db.read() as tx:
        found = config_files.list_files(tx)
    return {path: workflow.vault.decrypt(text).encode() for path, text in found.items()}


def test_an_import_is_kept_encrypted_and_exported_without_its_secrets(call, workflow):
    assert call("configs", FILES).json() == {"files": sorted(FILES)}
    with workflow.db.read() as tx:
        assert "s3cret" not in str(config_files.list_files(tx))
    assert kept(workflow)["hadoop/prod/core-site.xml"] == CORE
    found = exported(call)
    assert found["hadoop/prod/hdfs-site.xml"] == HDFS
    assert b"s3cret" not in b"".join(found.values())
    assert b"of the data platform; <configuration> follows" in found["hadoop/prod/core-site.xml"]
    assert json.loads(found["spark.json"])["configurations"] == {
        "spark.ui.enabled": "false",
        "spark.ssl.keyPassword": "***",
    }


def test_the_first_group_becomes_the_default(call, workflow):
    call("configs", FILES)
    assert exported(call)["hadoop/default"] == b"prod\n"
    call("configs", {"hadoop/a-test/core-site.xml": HDFS})
    assert exported(call)["hadoop/default"] == b"prod\n"
    call("configs", {"hadoop/default": b"a-test"})
    assert exported(call)["hadoop/default"] == b"a-test\n"


def test_importing_an_export_changes_nothing(call, workflow):
    call("configs", FILES)
    before = kept(workflow)
    first = call("configs").content
    assert call("configs", first).status_code == 200
    after = kept(workflow)
    assert json.loads(after.pop("spark.json")) == json.loads(before.pop("spark.json"))
    assert b"s3cret-value" in after.pop("hadoop/prod/core-site.xml")
    del before["hadoop/prod/core-site.xml"]
    assert after == before
    assert call("configs").content == first


BAD = {
    "hidden value of nothing": {"hadoop/prod/core-site.xml": CORE.replace(b"s3cret-value", b"***")},
    "hidden option of nothing": {"spark.json": SPARK.replace(b"s3cret-value", b"***")},
    "no XML": {"hadoop/prod/core-site.xml": b"<configuration>"},
    "another XML": {"hadoop/prod/core-site.xml": b"<html/>"},
    "property without a name": {"hadoop/prod/a.xml": b"<configuration><property/></configuration>"},
    "entities": {"hadoop/prod/a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><configuration/>'},
    "entities in UTF-16": {
        "hadoop/prod/a.xml": '<!DOCTYPE a [<!ENTITY b "c">]><configuration/>'.encode("utf-16")
    },
    "not XML by name": {"hadoop/prod/core-site.txt": HDFS},
    "no group": {"hadoop/core-site.xml": HDFS},
    "deeper": {"hadoop/a/b/core-site.xml": HDFS},
    "another file": {"kerberos/a.keytab": b""},
    "parent": {"hadoop/../core-site.xml": HDFS},
    "hidden group": {"hadoop/.ssh/core-site.xml": HDFS},
    "no JSON": {"spark.json": b"{"},
    "no object": {"spark.json": b"[]"},
    "third group": {"spark.json": b'{"other": {}}'},
    "no option": {"spark.json": b'{"configurations": {"hive.x": "1"}}'},
    "no argument": {"spark.json": b'{"arguments": {"--conf": "1"}}'},
    "line break": {"spark.json": b'{"configurations": {"spark.x": "1\\nspark.y 2"}}'},
    "object as value": {"spark.json": b'{"configurations": {"spark.x": {}}}'},
    "not a number": {"spark.json": b'{"configurations": {"spark.x": NaN}}'},
    "no text": {"spark.json": b"\xff"},
    "default of nothing": {"hadoop/default": b"nowhere"},
    "large": {"spark.json": b" " * 1_000_001 + b"{}"},
    "nothing": {},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_configuration_is_refused_by_name_and_nothing_is_written(call, workflow, name):
    answer = call("configs", {"hadoop/good/hdfs-site.xml": HDFS, **BAD[name]} if BAD[name] else {})
    assert answer.status_code == 422, answer.text
    assert not BAD[name] or next(iter(BAD[name])) in answer.text
    assert kept(workflow) == {}


def jar():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
    return out.getvalue()


def test_dependencies_go_in_and_come_out_as_they_are(call, workflow):
    files = {"lib-1.0.jar": jar(), "helpers.py": b"X = 1\n", "more.egg": jar()}
    assert call("dependencies", files).status_code == 200
    assert exported(call, "dependencies") == files
    folder = workflow.settings.home_path / "artifacts" / "spark"
    (folder / "secret.py").symlink_to(workflow.settings.home_path / "secret.key")
    assert exported(call, "dependencies") == files


@pytest.mark.parametrize("name", ["a,b.jar", "../up.py", "a/b.py", ".x.py", "a.sh", "no-zip.jar"])
def test_a_bad_dependency_is_refused_by_name_and_nothing_is_written(call, workflow, name):
    answer = call("dependencies", {"good.py": b"", name: b"no zip"})
    assert answer.status_code == 422
    assert name in answer.text
    assert not (workflow.settings.home_path / "artifacts" / "spark").exists()


@pytest.mark.parametrize("kind", ["configs", "dependencies"])
def test_they_are_the_administrators(call, kind):
    assert call(kind, name="dora").status_code == 403
    assert call(kind, FILES, name="dora").status_code == 403
