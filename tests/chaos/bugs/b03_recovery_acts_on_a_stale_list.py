"""B3 (dbos-py#742): what is to be recovered is listed before it is known that nobody runs it."""

from types import ModuleType


def _patch(module: ModuleType) -> None:
    from sqlalchemy import select

    from chaos.bugs.rescue import begin_anew
    from couture_scheduler.db.tables import attempt

    recover, become = module.Agent._recover, module.process.become_subreaper
    listed: list[int] = []

    def list_early() -> None:
        """The first that an agent does, before it has the lock of the host's one agent."""
        become()
        with module.Agent.current.db.read() as tx:
            rows = tx.rows(select(attempt.c.ti_id).where(attempt.c.state == "running"))
        listed.extend(row.ti_id for row in rows)

    def act_late(self) -> None:  # noqa: ANN001
        recover(self)
        with self.db.write() as tx:
            begin_anew(tx, listed, self._actor)

    run = module.Agent.run

    async def remembered(self) -> None:  # noqa: ANN001
        module.Agent.current = self
        await run(self)

    module.Agent.run = remembered
    module.Agent._recover = act_late
    module.process.become_subreaper = list_early


AIM: dict = {}
BUG = {"couture_scheduler.worker.agent": _patch}
