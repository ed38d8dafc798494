"""A machine knows itself again, by its run folder."""

from concurrent.futures import ThreadPoolExecutor

from couture_scheduler.worker.machine import machine_of


def test_a_folder_is_one_machine_for_ever_and_for_all_who_ask_at_once(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: machine_of(tmp_path), range(50)))
    assert found == {machine_of(tmp_path)}
    assert [path.name for path in tmp_path.iterdir()] == ["machine"]


def test_two_folders_are_two_machines(tmp_path):
    (tmp_path / "other").mkdir()
    assert machine_of(tmp_path) != machine_of(tmp_path / "other")
