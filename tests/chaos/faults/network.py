"""Faults to the way to a server: what `proxy` can do, as kinds."""

import contextlib
from collections.abc import Callable, Iterator

from chaos.faults.kinds import Kind, Pick, Touched
from chaos.plan import Range
from chaos.proxy import Proxy


def _kind(proxy: Proxy, span: Range, do: Callable[[Pick], None]) -> Kind:
    @contextlib.contextmanager
    def apply(pick: Pick) -> Iterator[Touched]:
        do(pick)
        try:
            yield Touched()
        finally:
            proxy.heal()

    return Kind(span, apply, outage=True)


def answers_lost(proxy: Proxy) -> Kind:
    """Return the fault that commits hold of which nobody hears."""

    def lose(_pick: Pick) -> None:
        proxy.forgets = b""

    return _kind(proxy, Range(2, 0.2, 3), lose)


def network_faults(name: str, proxy: Proxy) -> dict[str, Kind]:
    """Return what can happen between the deployment and a server."""

    def delay(pick: Pick) -> None:
        proxy.to_server.delay = proxy.to_client.delay = 0.02 + 0.2 * pick.number

    def silence(_pick: Pick) -> None:
        proxy.to_server.silent = proxy.to_client.silent = True

    def half_open(_pick: Pick) -> None:
        proxy.to_client.silent = True

    def cut(pick: Pick) -> None:
        way = proxy.to_client if pick.number < 0.5 else proxy.to_server
        way.budget = int(20_000 * pick.number)

    def partition(_pick: Pick) -> None:
        proxy.refuses = True
        proxy.reset()

    return {
        f"{name}.delay": _kind(proxy, Range(1, 1, 6), delay),
        f"{name}.silent": _kind(proxy, Range(1, 1, 12), silence),
        f"{name}.half_open": _kind(proxy, Range(1, 1, 12), half_open),
        f"{name}.cut": _kind(proxy, Range(1, 0.5, 2), cut),
        f"{name}.reset": _kind(proxy, Range(1), lambda _pick: proxy.reset()),
        f"{name}.partition": _kind(proxy, Range(1, 1, 20), partition),
    }
