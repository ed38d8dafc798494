"""Faults to processes: killed, stopped for a while, asked to end."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from chaos import processes
from chaos.faults.kinds import Kind, Pick, Touched
from chaos.plan import Range
from chaos.processes import Process

if TYPE_CHECKING:
    from chaos.stacks.base import Stack

Find = Callable[[list[Process]], list[Process]]


def process_faults(stack: "Stack") -> dict[str, Kind]:
    """Return what can be done to the processes of any stack."""
    roles: dict[str, Find] = {
        "scheduler": _role("scheduler"),
        "agent": _role("agent"),
        "zygote": _zygotes,
        "attempt": _attempts,
        "kernel": _role("kernel"),
        **({"consumer": _role("consumer")} if stack.settings.executor == "celery" else {}),
    }
    weights = {
        "scheduler": 3,
        "agent": 3,
        "zygote": 2,
        "attempt": 3,
        "kernel": 1,
        "consumer": 2,
    }
    kinds = {}
    for name, find in roles.items():
        kill, pause = _killer(stack, find, name), _pauser(stack, find)
        kinds[f"{name}.kill"] = Kind(Range(weights[name]), kill)
        kinds[f"{name}.pause"] = Kind(Range(weights[name] / 2, 0.5, 6), pause, outage=True)
    for name in ("scheduler", "agent"):
        asked = _killer(stack, roles[name], name, signal.SIGTERM)
        kinds[f"{name}.term"] = Kind(Range(1), asked)
    kinds["host.kill"] = Kind(Range(1), _kill_host(stack))
    return kinds


def _role(name: str) -> Find:
    def find(everyone: list[Process]) -> list[Process]:
        found = [one for one in everyone if processes.role(one) == name]
        return sorted(found, key=lambda one: one.pid)

    return find


def _zygotes(everyone: list[Process]) -> list[Process]:
    """Base zygotes and those of files: whose parent is the agent, or whose parent's is."""
    [*agents] = (one.pid for one in everyone if processes.role(one) == "agent")
    bases = [one for one in everyone if one.parent in agents and processes.role(one) == "zygote"]
    known = {one.pid for one in bases}
    files = [one for one in everyone if one.parent in known and processes.role(one) == "zygote"]
    return [*bases, *files]


def _attempts(everyone: list[Process]) -> list[Process]:
    """What file zygotes have forked; notebooks' attempts are among them, their kernels are not."""
    files = {one.pid for one in _zygotes(everyone)}
    forked = [one for one in everyone if one.parent in files and one.pid not in files]
    return [one for one in forked if processes.role(one) != "kernel"]


def _killer(
    stack: "Stack", find: Find, role: str, number: int = signal.SIGKILL
) -> Callable[[Pick], contextlib.AbstractContextManager[Touched]]:
    @contextlib.contextmanager
    def kill(pick: Pick) -> Iterator[Touched]:
        everyone = stack.processes()
        victim = pick.of(find(everyone))
        pids = processes.below({victim.pid}, everyone)
        name = _host_of(stack, victim)
        processes.send(victim.pid, number)
        if role == "agent":
            yield Touched(sorted(pids), [name], host=True)
        else:
            actor = f"scheduler@{name}" if role == "scheduler" else None
            yield Touched(sorted(pids), actor=actor)

    return kill


def _host_of(stack: "Stack", one: Process) -> str:
    return one.environment.get("COUTURE_HOST_NAME", stack.settings.host_name)


def _pauser(
    stack: "Stack", find: Find
) -> Callable[[Pick], contextlib.AbstractContextManager[Touched]]:
    @contextlib.contextmanager
    def pause(pick: Pick) -> Iterator[Touched]:
        victim = pick.of(find(stack.processes()))
        processes.send(victim.pid, signal.SIGSTOP)
        try:
            yield Touched([victim.pid])
        finally:
            processes.send(victim.pid, signal.SIGCONT)

    return pause


def _kill_host(stack: "Stack") -> Callable[[Pick], contextlib.AbstractContextManager[Touched]]:
    @contextlib.contextmanager
    def kill(_pick: Pick) -> Iterator[Touched]:
        """Everything below the supervisor at once, its guardians with those they guard."""
        everyone = [one for one in stack.processes() if processes.role(one) != "supervisor"]
        pids = [one.pid for one in everyone]
        for pid in pids:
            processes.send(pid, signal.SIGKILL)
        yield Touched(sorted(pids), sorted({_host_of(stack, one) for one in everyone}), host=True)

    return kill
