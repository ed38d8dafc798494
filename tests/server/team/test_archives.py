"""The manual's calls for DAG files: nobody gets or writes what may not be read or edited."""

import gzip
import io
import tarfile
from urllib.parse import urljoin

import httpx
import pytest
from team_people import add_person, add_role
from two_dags import seed_two

from couture_scheduler.default_roles import DEVELOPER_ACTIONS
from couture_scheduler.services.archives import pack, unpack


@pytest.fixture
def seed_it():
    """The deployment of these tests has two DAGs in two files."""
    return lambda home: seed_two(home)[0]


@pytest.fixture
def call(team, workflow):
    add_role(workflow, "Sales", ("sales*", DEVELOPER_ACTIONS))
    add_person(workflow, "sam", "Sales")
    add_person(workflow, "dora", "Developer")
    for name in ("sam", "dora"):
        team.add_token(f"t-{name}", name)

    def call(name, data=None, field="sources"):
        headers = {"Authorization": f"token t-{name}"}
        address = urljoin(team.service, "/api/dags/")
        if data is None:
            return httpx.get(address, headers=headers)
        return httpx.post(address, headers=headers, files={field: data})

    return call


def content(workflow):
    root = workflow.settings.dags_path
    return {
        str(one.relative_to(root)): one.read_bytes() for one in root.rglob("*") if one.is_file()
    }


def tar(*members, end=b""):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, value in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = value if isinstance(value, str) else ""
            data = value if isinstance(value, bytes) else b""
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue() + end)


def test_an_export_holds_what_may_be_read(call):
    answer = call("dora")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dags.tar.gz"'
    assert sorted(unpack(answer.content)) == ["payroll.py", "sales.py"]
    assert sorted(unpack(call("sam").content)) == ["sales.py"]


def test_export_import_export_gives_the_same_bytes(call, workflow):
    first = call("dora").content
    for file in workflow.settings.dags_path.iterdir():
        file.unlink()
    answer = call("dora", first)
    assert (answer.status_code, answer.json()) == (200, {"files": ["payroll.py", "sales.py"]})
    assert call("dora").content == first


def test_an_import_with_one_file_that_may_not_be_edited_writes_nothing(call, workflow):
    before = content(workflow)
    answer = call("sam", pack({"sales.py": b"# new", "payroll.py": b"# new", "x.py": b""}))
    assert answer.status_code == 404
    assert content(workflow) == before
    assert call("sam", pack({"sales.py": b"# new", "sales_more.py": b""})).status_code == 200
    assert content(workflow)["sales.py"] == b"# new"


def test_an_import_for_which_the_disk_has_no_room_says_so_and_writes_nothing(
    call, workflow, full_disk
):
    before = content(workflow)
    full_disk(1)
    answer = call("dora", pack({"sales.py": b"# new", "payroll.py": b"# new"}))
    assert answer.status_code == 507
    assert "no room left on the server's disk for payroll.py, sales.py" in answer.json()["detail"]
    assert content(workflow) == before


F, D = tarfile.REGTYPE, tarfile.DIRTYPE
BAD = {
    "parent": tar(("../up.py", F, b"x")),
    "parent inside": tar(("a/../../up.py", F, b"x")),
    "absolute": tar(("/etc/cron.d/x", F, b"x")),
    "backslash": tar(("..\\up.py", F, b"x")),
    "hidden": tar((".ssh/authorized_keys", F, b"x")),
    "newline": tar(("a\nb.py", F, b"x")),
    "bidi": tar(("a\u202epy.txt", F, b"x")),
    "dots": tar(("..", F, b"x")),
    "long": tar(("a" * 4000, F, b"x")),
    "symlink": tar(("link", tarfile.SYMTYPE, "/etc")),
    "through a symlink": tar(("link", tarfile.SYMTYPE, "/tmp"), ("link/x.py", F, b"x")),  # noqa: S108
    "hard link": tar(("a.py", F, b"x"), ("b.py", tarfile.LNKTYPE, "../secret.key")),
    "device": tar(("null", tarfile.CHRTYPE, "")),
    "pipe": tar(("pipe", tarfile.FIFOTYPE, "")),
    "sparse": tar(("a.py", tarfile.GNUTYPE_SPARSE, b"x" * 512)),
    "twice": tar(("a.py", F, b"x"), ("a.py", F, b"y")),
    "twice but for case": tar(("a.py", F, b"x"), ("A.py", F, b"y")),
    "twice but for NFC": tar(("\u00e9.py", F, b"x"), ("e\u0301.py", F, b"y")),
    "file as folder": tar(("a", F, b"x"), ("a/b.py", F, b"y")),
    "existing file as folder": tar(("sales.py/b.py", F, b"y")),
    "no text": tar(("a.py", F, b"\xff\xfe")),
    "large file": tar(("a.py", F, b"x" * 2_000_001)),
    "bomb": gzip.compress(bytes(70_000_000)),
    "many": tar(*((f"{number}.py", F, b"") for number in range(5001))),
    "cut off": tar(("a.py", F, b"x" * 10_000))[:-40],
    "cut off inside": gzip.compress(gzip.decompress(tar(("a.py", F, b"x" * 9000)))[:3000]),
    "goes on": tar(("a.py", F, b"x"), end=b"more"),
    "two streams": tar(("a.py", F, b"x")) + tar(("b.py", F, b"x")),
    "bad checksum": tar(("a.py", F, b"x"))[:-8] + b"12345678",
    "no gzip": b"PK\x03\x04",
    "no tar": gzip.compress(b"x" * 2000),
    "empty": tar(),
    "nothing": b"",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_archive_is_refused_and_nothing_is_written(call, workflow, tmp_path, name):
    before = {one: one.stat() for one in tmp_path.rglob("*") if "couture.db" not in one.name}
    files = content(workflow)
    answer = call("dora", BAD[name])
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]
    assert content(workflow) == files
    after = {one for one in tmp_path.rglob("*") if "couture.db" not in one.name}
    assert after == set(before)


def test_without_the_form_field_it_says_how_to_send(call):
    answer = call("dora", pack({"a.py": b""}), field="file")
    assert (answer.status_code, "--form" in answer.text) == (422, True)
