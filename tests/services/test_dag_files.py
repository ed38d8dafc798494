"""DAG files in a team: who may read and edit them, and nothing is lost or overwritten unseen."""

import hashlib
from dataclasses import replace

import pytest

from couture_operators import DAG, BashOperator
from couture_scheduler.default_roles import DEVELOPER_ACTIONS, VIEWER_ACTIONS
from couture_scheduler.errors import Conflict, Forbidden, Invalid, NotFound
from couture_scheduler.rights import MENUS_OF_DAGS, Rights
from couture_scheduler.schemas.dag_files import DagFileBody, DagFileMove, DagFileQuery
from couture_scheduler.schemas.dag_versions import SourceQuery
from couture_scheduler.services.dag_files import (
    delete_dag_file,
    get_dag_file,
    get_dag_files,
    move_dag_file,
    save_dag_file,
)
from couture_scheduler.services.dag_sources import get_dag_source


@pytest.fixture
def files(world, settings):
    """Two files on disk that define one DAG each, and a helper."""
    for name in ("sales_daily", "finance"):
        dag = DAG(name, schedule=None)
        BashOperator(task_id="a", bash_command="true", dag=dag)
        (settings.dags_path / f"{name}.py").write_text(f"# {name}")
        world.save(dag, path=f"{name}.py")
    (settings.dags_path / "helper.py").write_text("# helper")
    return settings.dags_path


@pytest.fixture
def limited(call):
    """Return a call of somebody who reads and edits sales_* only."""

    def limited(actions=DEVELOPER_ACTIONS, user="sam"):
        found = call()
        rights = (Rights(frozenset(actions), MENUS_OF_DAGS, "sales_*"),)
        return replace(found, actor=replace(found.actor, user=user, rights=rights))

    return limited


def save(call, path, content, expected=None):
    return save_dag_file(
        call, body=DagFileBody(path=path, content=content, expected_sha256=expected)
    )


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def paths(call):
    return [one.path for one in get_dag_files(call).files]


def test_who_may_read_everything_sees_every_file(call, files):
    assert paths(call()) == ["finance.py", "helper.py", "sales_daily.py"]


def test_rights_on_some_dags_show_their_files_only(limited, files):
    assert paths(limited()) == ["sales_daily.py"]
    for hidden in ("finance.py", "helper.py", "none.py"):
        with pytest.raises(NotFound, match=f"There is no file {hidden}"):
            get_dag_file(limited(), query=DagFileQuery(path=hidden))
        with pytest.raises(NotFound):
            delete_dag_file(limited(), query=DagFileQuery(path=hidden))
        with pytest.raises(NotFound):
            move_dag_file(limited(), body=DagFileMove(path=hidden, new_path="sales_x.py"))


def test_a_hidden_file_is_not_overwritten(limited, files):
    with pytest.raises(NotFound):
        save(limited(), "finance.py", "mine", sha("# finance"))
    assert (files / "finance.py").read_text() == "# finance"


def test_readers_do_not_write(limited, files):
    reader = limited(VIEWER_ACTIONS)
    assert not get_dag_file(reader, query=DagFileQuery(path="sales_daily.py")).can_edit
    with pytest.raises(Forbidden, match="can_edit_code"):
        save(reader, "sales_daily.py", "mine", sha("# sales_daily"))


def test_own_files_stay_ones_own_until_another_hand_changes_them(limited, files):
    save(limited(), "new/plan.py", "# plan")
    assert paths(limited()) == ["new/plan.py", "sales_daily.py"]
    assert paths(limited(user="eve")) == ["sales_daily.py"]
    (files / "new/plan.py").write_text("# changed by hand")
    assert paths(limited()) == ["sales_daily.py"]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(call, files):
    with pytest.raises(Conflict, match="Somebody changed sales_daily.py"):
        save(call(), "sales_daily.py", "mine", sha("# older"))
    with pytest.raises(Conflict, match="already"):
        save(call(), "sales_daily.py", "mine")
    with pytest.raises(Conflict, match="was deleted meanwhile"):
        save(call(), "gone.py", "mine", sha("# gone"))
    saved = save(call(), "sales_daily.py", "mine", sha("# sales_daily"))
    assert saved.sha256 == sha("mine")
    assert (files / "sales_daily.py").read_text() == "mine"


def test_an_empty_file_is_a_file(call, files):
    made = save(call(), "empty.py", "")
    assert save(call(), "empty.py", "x", made.sha256).content == "x"


def test_a_moved_file_keeps_its_author(limited, files):
    save(limited(), "a.py", "# a")
    move_dag_file(limited(), body=DagFileMove(path="a.py", new_path="b/c.py"))
    assert "b/c.py" in paths(limited())
    assert not (files / "a.py").exists()


@pytest.mark.parametrize(
    "path",
    [
        "../x.py",
        "/../x.py",
        "a/../../x.py",
        ".hidden/x.py",
        "a/.x.py",
        "__pycache__/x.py",
        "a\\b",
        ".",
    ],
)
def test_no_path_leads_out_of_the_folder(call, files, path):
    with pytest.raises(Invalid):
        save(call(), path, "x")


def test_a_link_out_of_the_folder_is_not_followed(call, files, home):
    (files / "out").symlink_to(home)
    with pytest.raises(Invalid, match="leads out of"):
        save(call(), "out/secret.key", "x")
    with pytest.raises(Invalid, match="leads out of"):
        get_dag_file(call(), query=DagFileQuery(path="out/couture_config.py"))


def test_the_source_of_a_file_is_shown_to_who_may_read_all_of_its_dags(call, limited, world):
    both = [DAG(name, schedule=None) for name in ("sales_b2b", "payroll")]
    world.save(*both, path="both.py")
    assert get_dag_source(call(), dag_id="sales_b2b", query=SourceQuery()).content
    with pytest.raises(Forbidden, match="defines other DAGs too"):
        get_dag_source(limited(), dag_id="sales_b2b", query=SourceQuery())
