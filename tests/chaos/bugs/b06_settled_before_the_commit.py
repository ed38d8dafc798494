"""B6 (AF#69975): the buffer of endings is emptied before the commit that writes them."""

from types import ModuleType

from chaos.bugs.once import last_commit_fails_once


def _patch(module: ModuleType) -> None:
    write, settle = module.Outbox.write, module.Outbox.settle

    def empty(self, tx):  # noqa: ANN001, ANN202
        tokens = write(self, tx)
        self.drained = {token: self._left.pop(token) for token in tokens}
        return tokens

    def remember(self, tokens):  # noqa: ANN001, ANN202
        self._left.update(self.drained)
        return settle(self, tokens)

    module.Outbox.write, module.Outbox.settle = empty, remember


def _aim(module: ModuleType) -> None:
    last_commit_fails_once(
        module,
        "_claim",
        lambda agent, _none: any(attempt.concluded for attempt in agent.attempts.running.values()),
    )


AIM = {"couture_scheduler.worker.agent": _aim}
BUG = {"couture_scheduler.worker.outbox": _patch}
