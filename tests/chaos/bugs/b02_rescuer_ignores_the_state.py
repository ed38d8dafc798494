"""B2 (river#1302): who rescues what a dead host was running rescues what had succeeded, too."""

from types import ModuleType


def _patch(module: ModuleType) -> None:
    from sqlalchemy import select

    from chaos.bugs.rescue import begin_anew
    from couture_scheduler.db.tables import attempt

    recover = module.Agent._recover

    def rescue_all(self) -> None:  # noqa: ANN001
        recover(self)
        with self.db.write() as tx:
            theirs = select(attempt.c.ti_id).where(
                attempt.c.host_epoch < self.tenure.epoch, attempt.c.state == "success"
            )
            begin_anew(tx, [row.ti_id for row in tx.rows(theirs)], self._actor)

    module.Agent._recover = rescue_all


AIM: dict = {}
BUG = {"couture_scheduler.worker.agent": _patch}
