import { describe, expect, it } from 'vitest';

import type { IDagRunV2 } from '../src/api/types';
import {
  countStates,
  patchRunList,
  reduceDag,
  reduceGraph
} from '../src/models/reduce';
import { dagRow, graph, runChange, taskChange, taskState } from './data';

const RUN = {
  run_id: 'r1',
  state: 'running',
  run_after: '2026-11-23T02:00:00Z',
  start_date: null,
  end_date: null,
  duration: null
};

describe('a row of the list', () => {
  it('takes over the end of its last run', () => {
    const row = dagRow({ last_run: RUN, recent_runs: [RUN] });
    const after = reduceDag(row, runChange());
    expect(after.last_run?.state).toBe('success');
    expect(after.recent_runs[0]).toMatchObject({
      state: 'success',
      duration: 90
    });
  });

  it('is switched by others too', () => {
    const change = { kind: 'dag', dag_id: 'sales', event: 'paused' } as const;
    expect(reduceDag(dagRow(), change).is_paused).toBe(true);
  });

  it('stays the same object when another DAG changes', () => {
    const row = dagRow({ last_run: RUN, recent_runs: [RUN] });
    expect(reduceDag(row, runChange({ dag_id: 'other' }))).toBe(row);
  });
});

describe('a graph', () => {
  it('takes over the states of its run, and keeps what a change does not carry', () => {
    const before = graph({ a: taskState({ max_tries: 3 }) });
    const after = reduceGraph(before, 'sales', [taskChange()]);
    expect(after.states.a).toMatchObject({ state: 'running', max_tries: 3 });
    expect(before.states.a.state).toBeNull();
  });

  it('computes how long an ended task took', () => {
    const change = taskChange({
      state: 'success',
      end_date: '2026-11-23T02:00:12Z'
    });
    expect(reduceGraph(graph(), 'sales', [change]).states.a.duration).toBe(10);
  });

  it('is not touched by other runs', () => {
    const before = graph();
    expect(reduceGraph(before, 'sales', [taskChange({ run_id: 'r2' })])).toBe(
      before
    );
  });

  it('keeps both the end of the run and that of a task of one batch', () => {
    const changes = [taskChange({ state: 'success' }), runChange()];
    const after = reduceGraph(graph(), 'sales', changes);
    expect(after.run?.state).toBe('success');
    expect(after.states.a.state).toBe('success');
  });

  it('counts tasks without a state too', () => {
    expect(countStates(graph({ a: taskState({ state: 'failed' }) }))).toEqual({
      failed: 1,
      none: 2
    });
  });
});

describe('the list of runs', () => {
  it('changes one run only', () => {
    const runs = ['r1', 'r2'].map(
      dag_run_id => ({ dag_run_id, state: 'running' }) as IDagRunV2
    );
    const after = patchRunList(runs, runChange());
    expect(after.map(run => run.state)).toEqual(['success', 'running']);
  });
});
