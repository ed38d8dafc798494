import type { Client } from '../../api/client';
import type { IBackfill } from '../../api/automation-types';
import type { Live } from '../../api/live';
import type { Change } from '../../api/types';
import { ListModel } from '../../admin/list/list-model';

/** How often runs that end are counted, at most. */
const COUNT_DELAY = 500;

/** All backfills, newest first, or only those that are not over; their counts follow the runs. */
export class BackfillsModel extends ListModel<IBackfill> {
  constructor(
    readonly client: Client,
    private readonly live: Live
  ) {
    const filter = { isActive: false };
    super(
      query => client.automation.backfills(query, filter.isActive || null),
      '-id'
    );
    this._filter = filter;
    live.changes.connect(this.follow, this);
  }

  get isActiveOnly(): boolean {
    return this._filter.isActive;
  }

  showActive(isActive: boolean): void {
    this._filter.isActive = isActive;
    this.setOffset(0);
  }

  override dispose(): void {
    window.clearTimeout(this._counting);
    this.live.changes.disconnect(this.follow, this);
    super.dispose();
  }

  private follow(_: Live, changes: Change[]): void {
    const open = this.rows.filter(row => !row.completed_at);
    const isTouched = changes.some(
      change =>
        change.kind === 'dag_run' &&
        open.some(row => row.dag_id === change.dag_id)
    );
    if (isTouched && !this._counting) {
      this._counting = window.setTimeout(() => {
        this._counting = 0;
        void this.refresh();
      }, COUNT_DELAY);
    }
  }

  private _counting = 0;
  private readonly _filter: { isActive: boolean };
}
