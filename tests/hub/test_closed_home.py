"""COUTURE_HOME where other uids cannot come: `couture start` says so instead of breaking off."""

from open_python import open_folder

from couture_hub.uids import find_closed_way


def test_a_home_below_a_closed_folder_is_told_with_the_folder():
    folder = open_folder()
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    told = find_closed_way(closed / "not" / "made" / "yet")
    assert told is not None
    assert f"chmod o+x {closed})" in told
    assert find_closed_way(folder / "home") is None
