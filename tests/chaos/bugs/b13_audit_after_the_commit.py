"""B13: the audit row is written when the change is committed, in a transaction of its own.

The aim is a process that dies right after the change's commit. Both are patches of the client.
"""

from types import ModuleType


class Died(Exception):
    """The process ends here."""


def _aim(module: ModuleType) -> None:
    change = module.Service._change

    def die(self, *given):  # noqa: ANN001, ANN202
        change(self, *given)
        raise Died

    module.Service._change = die


def _patch(module: ModuleType) -> None:
    audit, change = module.Service._audit, module.Service._change
    late = []

    def note(self, _tx, *given, **more):  # noqa: ANN001, ANN202
        late.append((given, more))

    def write_later(self, call, params):  # noqa: ANN001, ANN202
        answer = change(self, call, params)  # where the aim lets it die
        with call.workflow.db.write() as tx:
            for given, more in late:
                audit(self, tx, *given, **more)
        return answer

    module.Service._audit, module.Service._change = note, write_later


AIM = {"couture_scheduler.services.service": _aim}
BUG = {"couture_scheduler.services.service": _patch}
