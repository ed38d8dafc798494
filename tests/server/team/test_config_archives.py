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


_PLACES = {
    "the first of two": "<property><name>a.password</name><value>s3cret</value></property>"
    "<property><name>a.password</name><value>other</value></property>",
    "a comment": "<!-- <property><name>a.password</name><value>s3cret</value></property> -->",
    "a comment beside a secret": "<!--<name>a.password</name>\n<value>s3cret</value>-->"
    "<property><name>a.password</name><value>s3cret</value></property>",
    "a URL": "<property><name>a.url</name><value>jdbc:mysql://me:s3cret@host/db</value></property>",
    "a URL's query": "<property><name>a.url</name><value>jdbc:x://h/d?Password=s3cret</value></property>",
    "an option": "<property><name>a.opts</name><value>-Da.keyPassword=s3cret</value></property>",
    "a shared signature": "<property><name>fs.azure.sas.c.a.net</name><value>s3cret</value></property>",
    "a credential": "<property><name>fs.adl.oauth2.credential</name><value>s3cret</value></property>",
}


@pytest.mark.parametrize("place", _PLACES)
def test_no_secret_of_a_hadoop_file_leaves_and_all_come_back(call, workflow, place):
    path, text = "hadoop/prod/a.xml", f"<configuration>{_PLACES[place]}</configuration>"
    assert call("configs", {path: text.encode()}).status_code == 200
    first = call("configs").content
    assert b"s3cret" not in unpack(first)[path]
    assert b"***" in unpack(first)[path]
    assert call("configs", first).status_code == 200
    is_comment = place.startswith("a comment")  # what only a comment says is not kept over that
    assert kept(workflow)[path].count(b"s3cret") == text.count("s3cret") - is_comment
    assert call("configs").content == first


def test_no_secret_of_the_spark_file_leaves_and_all_come_back(call, workflow):
    options = {
        "arguments": {"conf": ["spark.a=b", "spark.a.password=s3cret"]},
        "configurations": {
            "spark.driver.extraJavaOptions": "-Djavax.net.ssl.trustStorePassword=s3cret",
            "spark.hadoop.fs.azure.account.key.a.blob.core.windows.net": "s3cret",
            "spark.a.url": "jdbc:mysql://me:s3cret@host/db",
        },
    }
    call("configs", {"spark.json": json.dumps(options).encode()})
    first = call("configs").content
    assert b"s3cret" not in unpack(first)["spark.json"]
    assert call("configs", first).status_code == 200
    assert json.loads(kept(workflow)["spark.json"]) == options


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
    "entities in UTF-16 without a mark": {
        "hadoop/prod/a.xml": (
            '<!DOCTYPE configuration [<!ENTITY b "c">]><configuration><property><name>&b;</name>'
            "</property></configuration>"
        ).encode("utf-16-le")
    },
    "another encoding": {
        "hadoop/prod/a.xml": b'<?xml version="1.0" encoding="iso-8859-1"?>' + HDFS
    },
    "included file": {
        "hadoop/prod/a.xml": b'<configuration xmlns:xi="http://www.w3.org/2001/XInclude">'
        b'<xi:include href="file:///etc/passwd"/></configuration>'
    },
    "secret in an attribute": {
        "hadoop/prod/a.xml": HDFS.replace(b"<property>", b'<property name="a.secret" value="b">')
    },
    "name cut by a comment": {"hadoop/prod/a.xml": HDFS.replace(b"dfs.", b"pass<!-- -->word")},
    "value cut by a comment": {"hadoop/prod/a.xml": HDFS.replace(b">3<", b">3<!-- -->4<")},
    "two values": {"hadoop/prod/a.xml": HDFS.replace(b"</value>", b"</value><value>4</value>")},
    "deep XML": {
        "hadoop/prod/a.xml": b"<configuration>"
        + b"<a>" * 90_000
        + b"</a>" * 90_000
        + b"</configuration>"
    },
    "deep JSON": {"spark.json": b'{"arguments": {"a": ' + b"[" * 90_000},
    "infinite number": {"spark.json": b'{"configurations": {"spark.x": 1e999}}'},
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
