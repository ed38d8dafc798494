import { Signal } from '@lumino/signaling';
import { expect, it, vi } from 'vitest';

import type { Client } from '../src/api/client';
import type { Live } from '../src/api/live';
import type { IDagRunV2 } from '../src/api/types';
import { DagModel } from '../src/models/dag';
import { graph } from './data';

const run = (dag_run_id: string, run_after: string): IDagRunV2 => ({
  dag_run_id,
  dag_id: 'sales',
  state: 'success',
  logical_date: run_after,
  run_after,
  start_date: null,
  end_date: null,
  duration: null,
  run_type: 'scheduled',
  conf: null
});

it('a link to a run older than those that are listed does not say that there is no run', async () => {
  const old = run('old', '2025-01-01T00:00:00Z');
  const client = {
    dag: () => Promise.resolve({ dag_id: 'sales' }),
    runs: () => Promise.resolve([run('new', '2026-11-24T00:00:00Z')]),
    run: () => Promise.resolve(old),
    graph: (_: string, run_id: string) =>
      Promise.resolve({ ...graph(), run: { ...graph().run, run_id } })
  };
  const live = {
    opened: new Signal<object, void>({}),
    changes: new Signal<object, void>({})
  };
  const model = new DagModel(
    client as unknown as Client,
    live as unknown as Live,
    { dag_id: 'sales', run_id: 'old' }
  );
  await vi.waitFor(() => expect(model.runIndex).toBe(1));
  expect(model.runs[model.runIndex]).toBe(old);
});
