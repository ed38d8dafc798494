import { describe, expect, it } from 'vitest';

import type { IBackfill } from '../src/api/automation-types';
import {
  backfillProblems,
  backfillRequest,
  emptyBackfill
} from '../src/browse/backfills/backfill-form';
import {
  orderWords,
  progressOf,
  standing
} from '../src/browse/backfills/progress';
import { fromLocal, toLocal } from '../src/words/local-time';

const NOW = new Date(2026, 10, 24, 9, 30);
const BACKFILL: IBackfill = {
  id: 1,
  dag_id: 'sales',
  from_date: '2026-11-01T00:00:00Z',
  to_date: '2026-11-07T00:00:00Z',
  dag_run_conf: {},
  is_paused: false,
  reprocess_behavior: 'none',
  max_active_runs: 1,
  run_backwards: false,
  created_at: '2026-11-24T00:00:00Z',
  completed_at: null,
  user: null,
  counts: {}
};

function withCounts(counts: Record<string, number>, ended = true): IBackfill {
  const completed_at = ended ? '2026-11-24T01:00:00Z' : null;
  return { ...BACKFILL, counts, completed_at };
}

describe('the backfill dialog', () => {
  const form = emptyBackfill('sales', NOW);

  it('begins with the last seven whole days', () => {
    expect([form.from, form.to]).toEqual([
      '2026-11-17T00:00',
      '2026-11-23T23:59'
    ]);
    expect(backfillProblems(form)).toEqual({});
  });

  it('says what is wrong at the field', () => {
    const wrong = {
      ...form,
      dagId: '',
      to: '2026-11-16T00:00',
      maxActiveRuns: '0',
      conf: '[1]'
    };
    expect(Object.keys(backfillProblems(wrong)).sort()).toEqual([
      'dag_id',
      'dag_run_conf',
      'max_active_runs',
      'to_date'
    ]);
    const empty = backfillProblems({ ...form, from: '' });
    expect(Object.keys(empty)).toEqual(['from_date']);
  });

  it('sends moments, not texts of the viewer, and parameters over the conf', () => {
    const request = backfillRequest(
      { ...form, conf: '{"region": "EMEA", "rows": 1}', isBackwards: true },
      { rows: 5 }
    );
    expect(request.from_date).toBe(new Date(2026, 10, 17).toISOString());
    expect(request.dag_run_conf).toEqual({ region: 'EMEA', rows: 5 });
    expect(request.run_backwards).toBe(true);
  });
});

describe('how far a backfill is', () => {
  it('does not count dates that were left out from the beginning', () => {
    const { done, total, words } = progressOf(
      withCounts({ success: 3, failed: 1, waiting: 4, 'already exists': 9 })
    );
    expect([done, total, words]).toEqual([4, 8, '4 of 8, 1 failed']);
  });

  it('has a bar whose parts never exceed the whole', () => {
    const { shares } = progressOf(withCounts({ success: 2, running: 2 }));
    expect(shares.map(one => one.percent)).toEqual([50, 50]);
    expect(progressOf(withCounts({})).shares).toEqual([]);
  });

  it('is told in words, also why nothing moves', () => {
    const open = withCounts({ waiting: 2 }, false);
    expect(standing(open, false)[1]).toBe('Running');
    expect(standing(open, true)[1]).toBe('Waits: the DAG is paused');
    expect(standing({ ...open, is_paused: true }, true)[1]).toBe('Paused');
    expect(standing(withCounts({ success: 1, failed: 2 }), true)[1]).toBe(
      'Done, 2 failed'
    );
    expect(standing(withCounts({ success: 1, cancelled: 2 }), false)[1]).toBe(
      'Cancelled'
    );
    expect(
      orderWords({
        ...BACKFILL,
        reprocess_behavior: 'failed',
        run_backwards: true
      })
    ).toBe('failed ones again, 1 run at once, newest first');
  });
});

it('texts of date fields go there and back', () => {
  expect(fromLocal(toLocal(NOW))).toEqual(NOW);
  expect(fromLocal('')).toBeNull();
  expect(fromLocal('nonsense')).toBeNull();
});
