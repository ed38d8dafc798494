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


def test_airflowignore_holds_for_its_folder_and_below(tmp_path):
    write(tmp_path, "keep.py", "skip_me.py", "old/a.py", "team/b.py", "team/draft_c.py")
    (tmp_path / ".airflowignore").write_text("# not yet\nskip_*.py\nold/\n")
    (tmp_path / "team" / ".airflowignore").write_text("draft_*\n")
    assert set(list_dag_files(tmp_path)) == {"keep.py", "team/b.py"}
