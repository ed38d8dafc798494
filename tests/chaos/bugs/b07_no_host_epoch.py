"""B7: an agent that starts does not raise its host's epoch."""

from types import ModuleType


def _patch(module: ModuleType) -> None:
    from sqlalchemy import select

    begin = module.begin_epoch

    def keep(tx, host_id, *given):  # noqa: ANN001, ANN202
        epoch = tx.scalar(select(module.host.c.epoch).where(module.host.c.id == host_id))
        return begin(tx, host_id, *given) if epoch is None else epoch

    module.begin_epoch = keep


AIM: dict = {}
BUG = {"couture_scheduler.store.hosts": _patch}
