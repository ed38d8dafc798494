"""A zygote ends with all below it when the lease under which they run is over."""

import subprocess
import sys

import pytest

from couture_scheduler import ipc
from couture_scheduler.clock import boot_ns

_SECOND = 1_000_000_000


@pytest.fixture
def zygote():
    """A real base zygote and our end of its control socket."""
    ours, theirs = ipc.pair()
    with theirs:
        popen = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "couture_scheduler.worker.zygote"),
                *(str(theirs.fileno()), "plain"),
            ],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
    message, _ = ipc.receive(ours)
    assert message["op"] == "loaded"
    yield popen, ours
    popen.kill()
    popen.wait()
    ours.close()


def test_it_ends_when_the_lease_is_over(zygote):
    popen, control = zygote
    ipc.send(control, {"op": "lease", "until_ns": boot_ns() + _SECOND // 2})
    assert popen.wait(5) == 0


def test_a_lease_that_is_renewed_keeps_it(zygote):
    popen, control = zygote
    begin = boot_ns()
    for _ in range(4):
        ipc.send(control, {"op": "lease", "until_ns": boot_ns() + _SECOND // 2})
        with pytest.raises(subprocess.TimeoutExpired):
            popen.wait(0.25)
    assert boot_ns() - begin > _SECOND * 0.9


def test_without_a_lease_it_stays(zygote):
    popen, _ = zygote
    with pytest.raises(subprocess.TimeoutExpired):
        popen.wait(0.7)
