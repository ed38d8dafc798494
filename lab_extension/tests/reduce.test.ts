import { describe, expect, it } from 'vitest';

import type { Change, IDagRunV2, IImportError } from '../src/api/types';
import {
  countStates,
  patchRunList,
  reduceDag,
  reduceErrors,
  reduceGraph,
  reduceRows
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

describe('the list', () => {
  const rows = [dagRow({ dag_id: 'a' }), dagRow({ dag_id: 'c' })];
  const ids = (change: Change): string[] =>
    reduceRows(rows, change).map(row => row.dag_id);

  it('takes new DAGs in by their names, and lets removed ones go', () => {
    const row = dagRow({ dag_id: 'b' });
    expect(ids({ kind: 'dag_row', dag_id: 'b', row })).toEqual(['a', 'b', 'c']);
    expect(ids({ kind: 'dag', dag_id: 'a', event: 'removed' })).toEqual(['c']);
  });

  it('shows a row as the server counts it', () => {
    const row = dagRow({ dag_id: 'c', task_counts: { success: 2 } });
    expect(reduceRows(rows, { kind: 'dag_row', dag_id: 'c', row })[1]).toEqual(
      row
    );
  });
});

describe('import errors', () => {
  const error = (filename: string): IImportError => ({
    import_error_id: 1,
    filename,
    line: 3,
    message: 'bad syntax',
    stack_trace: '',
    timestamp: '2026-11-23T02:00:00Z',
    dag_ids: [],
    last_good_version: null
  });
  const change = (filename: string, found: IImportError | null) =>
    ({ kind: 'import_error', filename, error: found }) as const;

  it('come by their files, and go', () => {
    const both = reduceErrors([error('b.py')], change('a.py', error('a.py')));
    expect(both.map(each => each.filename)).toEqual(['a.py', 'b.py']);
    expect(reduceErrors(both, change('b.py', null))).toEqual([both[0]]);
  });
});

describe('a graph', () => {
  it('takes over the states of its run', () => {
    const before = graph({ a: taskState() });
    const change = taskChange({ max_tries: 3 });
    const after = reduceGraph(before, 'sales', [change]);
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
