import type { AutomationApi } from '../../api/automation';
import type { ISlaMiss } from '../../api/automation-types';
import { ListModel } from '../../admin/list/list-model';

/** The SLA misses, newest first, or only those that nobody has explained. */
export class SlasModel extends ListModel<ISlaMiss> {
  constructor(readonly api: AutomationApi) {
    const filter = { isOpen: false };
    super(
      query => api.slaMisses(query, filter.isOpen ? false : null),
      '-timestamp'
    );
    this._filter = filter;
  }

  get isOpenOnly(): boolean {
    return this._filter.isOpen;
  }

  showOpen(isOpen: boolean): void {
    this._filter.isOpen = isOpen;
    this.setOffset(0);
  }

  private readonly _filter: { isOpen: boolean };
}
