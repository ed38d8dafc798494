"""B5: what is published before the commit runs although the commit failed."""

from types import ModuleType

from chaos.bugs.once import last_commit_fails_once


def _patch(module: ModuleType) -> None:
    claim = module.Agent._claim

    def start_at_once(self, *given):  # noqa: ANN001, ANN202
        rows = claim(self, *given)
        for one in rows:
            self.attempts.start(*one, self._claiming.source_of(one))
        return [] if rows else rows

    module.Agent._claim = start_at_once


def _aim(module: ModuleType) -> None:
    last_commit_fails_once(module, "_claim", lambda _agent, rows: bool(rows))


AIM = {"couture_scheduler.worker.agent": _aim}
BUG = {"couture_scheduler.worker.agent": _patch}
