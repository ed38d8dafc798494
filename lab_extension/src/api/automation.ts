/** Backfills, SLA misses, simulations. */
import type { IListQuery, IPage } from './admin-types';
import type * as T from './automation-types';
import { ours, type Requests, v2 } from './requests';

export class AutomationApi {
  constructor(private readonly requests: Requests) {}

  async backfills(
    query: IListQuery,
    active: boolean | null
  ): Promise<IPage<T.IBackfill>> {
    type Answer = { backfills: T.IBackfill[]; total_entries: number };
    const { search, ...rest } = query;
    const found = await this.requests.get<Answer>(v2('backfills'), {
      ...rest,
      dag_id_pattern: search,
      active
    });
    return { rows: found.backfills, total: found.total_entries };
  }

  addBackfill(request: T.IBackfillRequest): Promise<T.IBackfill> {
    return this.requests.send('POST', v2('backfills'), request);
  }

  /** The logical dates that a backfill would make runs for, in their order. */
  async previewBackfill(request: T.IBackfillRequest): Promise<string[]> {
    type Answer = { backfills: { logical_date: string }[] };
    const path = v2('backfills', 'dry_run');
    const found = await this.requests.send<Answer>('POST', path, request);
    return found.backfills.map(one => one.logical_date);
  }

  async backfillDates(id: number): Promise<T.IBackfillDate[]> {
    type Answer = { runs: T.IBackfillDate[] };
    const path = ours('backfills', `${id}`, 'runs');
    return (await this.requests.get<Answer>(path)).runs;
  }

  switchBackfill(
    id: number,
    action: 'pause' | 'unpause' | 'cancel'
  ): Promise<T.IBackfill> {
    return this.requests.send('PUT', v2('backfills', `${id}`, action), {});
  }

  async slaMisses(
    query: IListQuery,
    noted: boolean | null
  ): Promise<IPage<T.ISlaMiss>> {
    type Answer = { sla_misses: T.ISlaMiss[]; total_entries: number };
    const { search, ...rest } = query;
    const found = await this.requests.get<Answer>(ours('slaMisses'), {
      ...rest,
      dag_id_pattern: search,
      noted
    });
    return { rows: found.sla_misses, total: found.total_entries };
  }

  noteMiss(id: number, note: string | null): Promise<T.ISlaMiss> {
    return this.requests.send('PATCH', ours('slaMisses', `${id}`), { note });
  }

  simulate(dagId: string, request: T.ISimulateRequest): Promise<T.ISimulated> {
    const path = ours('dags', dagId, 'simulate');
    return this.requests.send('POST', path, request);
  }
}
