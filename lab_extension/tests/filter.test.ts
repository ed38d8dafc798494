import { describe, expect, it } from 'vitest';

import { firstChoice, listing } from '../src/panel/filter';
import { dagRow } from './data';

const on = dagRow({ dag_id: 'on', tags: ['sales'] });
const off = dagRow({ dag_id: 'off', is_paused: true });
const bad = dagRow({
  dag_id: 'bad',
  mine: true,
  last_run: {
    run_id: 'r',
    state: 'failed',
    run_after: '',
    start_date: null,
    end_date: null,
    duration: null
  }
});
const ids = (list: ReturnType<typeof listing>): string[] =>
  list.rows.map(row => row.dag_id);

describe('the list of DAGs', () => {
  it('hides paused DAGs, and says so', () => {
    const list = listing([on, off, bad], firstChoice([on, off]), '');
    expect(ids(list)).toEqual(['on', 'bad']);
    expect(list.hiddenPaused).toBe(1);
    expect(list.counts).toEqual({ active: 2, paused: 1, failed: 1, mine: 1 });
  });

  it('shows all while none is on', () => {
    expect(ids(listing([off], firstChoice([off]), ''))).toEqual(['off']);
  });

  it('follows the chip', () => {
    expect(ids(listing([on, off, bad], 'paused', ''))).toEqual(['off']);
    expect(ids(listing([on, off, bad], 'failed', ''))).toEqual(['bad']);
    expect(ids(listing([on, off, bad], 'all', ''))).toEqual([
      'on',
      'off',
      'bad'
    ]);
  });

  it('a row that was just switched off stays where it is', () => {
    expect(ids(listing([on, off], 'active', '', new Set(['off'])))).toEqual([
      'on',
      'off'
    ]);
  });

  it('offers "mine" only where it tells DAGs apart', () => {
    const hasMine = (rows: (typeof on)[]): boolean =>
      listing(rows, 'all', '').chips.includes('mine');
    expect(hasMine([on, bad])).toBe(true);
    expect(hasMine([on, off])).toBe(false);
    expect(hasMine([bad])).toBe(false);
  });

  it('finds by name, tag and file, whatever the case', () => {
    expect(ids(listing([on, off, bad], 'active', 'SALES on'))).toEqual(['on']);
  });
});
