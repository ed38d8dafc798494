"""Which hosts take the tasks of which queue."""

import pytest

from couture_scheduler.rules.queues import is_served, named, takes


def test_a_host_that_names_none_takes_what_nobody_names():
    hosts = [None, ["gpu"], ["gpu", "large"]]
    assert named(hosts) == {"gpu", "large"}
    assert [takes(one, "gpu", named(hosts)) for one in hosts] == [False, True, True]
    assert [takes(one, "large", named(hosts)) for one in hosts] == [False, False, True]
    assert [takes(one, "default", named(hosts)) for one in hosts] == [True, False, False]


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ([], False),
        ([None], True),
        ([["gpu"]], True),
        ([["large"]], False),
        ([["large"], None], True),
    ],
)
def test_a_queue_is_served_by_who_names_it_or_by_who_names_none(hosts, expected):
    assert is_served("gpu", hosts) is expected
