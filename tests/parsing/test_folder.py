from pathlib import Path

from couture_scheduler.parsing.folder import list_dag_files

DAG = "from airflow import DAG\n"


def write(root: Path, *names: str, text: str = DAG) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_dag_files_are_found_in_all_folders(tmp_path):
    write(tmp_path, "a.py", "deep/er/b.py")
    assert set(list_dag_files(tmp_path)) == {"a.py", "deep/er/b.py"}


def test_files_that_do_not_speak_of_dags_are_helpers(tmp_path):
    write(tmp_path, "helper.py", text="X = 1\n")
    write(tmp_path, "notes.txt")
    assert list_dag_files(tmp_path) == {}


def test_hidden_names_and_caches_are_left_alone(tmp_path):
    write(tmp_path, ".~a.py", ".hidden/b.py", "__pycache__/c.py", ".git/d.py")
    assert list_dag_files(tmp_path) == {}


def test_airflowignore_holds_regular_expressions_for_its_folder_and_below(tmp_path):
    write(
        tmp_path, "keep.py", "skip_me.py", "old/a.py", "team/b.py", "team/draft_c.py", "a/skip_x.py"
    )
    (tmp_path / ".airflowignore").write_text("# not yet\nskip_.*\\.py  # any\nold/\n")
    (tmp_path / "team" / ".airflowignore").write_text("^draft\n")
    assert set(list_dag_files(tmp_path)) == {"keep.py", "team/b.py"}


def test_a_line_that_is_no_regular_expression_is_a_pattern_of_names(tmp_path):
    write(tmp_path, "keep.py", "a_draft.py", "deep/b_draft.py")
    (tmp_path / ".airflowignore").write_text("*_draft.py\n")
    assert set(list_dag_files(tmp_path)) == {"keep.py"}


def test_airflowignore_is_read_as_glob_where_the_deployment_says_so(tmp_path):
    write(
        tmp_path,
        "keep.py",
        "skip_me.py",
        "skip.py",
        "old/a.py",
        "team/draft_c.py",
        "team/draft_d.py",
    )
    (tmp_path / ".airflowignore").write_text("skip_*.py\nold/\n**/draft_*\n!draft_d.py\n")
    assert set(list_dag_files(tmp_path, "glob")) == {"keep.py", "skip.py", "team/draft_d.py"}


def test_a_link_to_a_folder_above_is_not_followed(tmp_path):
    write(tmp_path, "a.py", "deep/b.py")
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(".")
    assert set(list_dag_files(tmp_path)) == {"a.py", "deep/b.py"}


def test_linked_files_and_folders_are_dag_files(tmp_path):
    root = tmp_path / "dags"
    root.mkdir()
    write(tmp_path, "elsewhere/a.py", "b.py")
    (root / "team").symlink_to(tmp_path / "elsewhere")
    (root / "b.py").symlink_to(tmp_path / "b.py")
    (root / "gone.py").symlink_to(tmp_path / "nowhere.py")
    assert set(list_dag_files(root)) == {"team/a.py", "b.py"}


def test_a_file_that_cannot_be_read_is_still_one(tmp_path, monkeypatch):
    """So that its DAGs stay and an import error says why."""

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    write(tmp_path, "a.py")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert set(list_dag_files(tmp_path)) == {"a.py"}


def test_names_that_are_no_text_are_left_alone(tmp_path):
    write(tmp_path, "ü.py", "b\udce4d.py")
    assert set(list_dag_files(tmp_path)) == {"ü.py"}
