import { describe, expect, it } from 'vitest';

import type { ISimulated, ISimulatedTask } from '../src/api/automation-types';
import type { IGraph } from '../src/api/types';
import {
  formProblems,
  type IAssumption,
  parseSpan,
  simulateRequest
} from '../src/simulate/assumptions';
import { dateLabels } from '../src/simulate/date-labels';
import {
  columnsIn,
  geometryOf,
  NAMES,
  placeAt,
  scrollTo
} from '../src/simulate/geometry';
import { figuresOf } from '../src/simulate/summary';
import { treeOf, treeRows } from '../src/simulate/tree';
import { cellWords, spotWords } from '../src/simulate/tree-words';

const GRAPH = {
  nodes: [
    { task_id: 'start', label: 'start', group: null },
    { task_id: 'load.a', label: 'a', group: 'load' },
    { task_id: 'middle', label: 'middle', group: null },
    { task_id: 'load.deep.b', label: 'b', group: 'load.deep' }
  ],
  groups: [
    { group_id: 'load', parent: null, label: 'load' },
    { group_id: 'load.deep', parent: 'load', label: 'deep' }
  ]
} as unknown as IGraph;

function task(
  task_id: string,
  state: string,
  tries = 1,
  map_index = -1
): ISimulatedTask {
  const start = '2026-11-24T02:00:00Z';
  const end = '2026-11-24T02:01:00Z';
  return {
    task_id,
    map_index,
    state,
    reason: null,
    tries: Array.from({ length: tries }, (_, at) => ({
      try_number: at + 1,
      state: at + 1 === tries ? state : 'failed',
      start,
      end
    }))
  };
}

function run(
  run_id: string,
  run_after: string,
  tasks: ISimulatedTask[],
  state = 'success'
): ISimulated['runs'][number] {
  return {
    dag_id: 'sales',
    run_id,
    run_type: 'scheduled',
    logical_date: run_after,
    data_interval_end: run_after,
    run_after,
    start: run_after,
    end: new Date(Date.parse(run_after) + 120_000).toISOString(),
    state,
    waited: 0,
    tasks
  };
}

const FOUND: ISimulated = {
  begin: '2026-11-24T00:00:00Z',
  end: '2026-11-26T00:00:00Z',
  is_cut: false,
  runs: [
    run('two', '2026-11-25T02:00:00Z', [task('start', 'success', 3)]),
    run(
      'one',
      '2026-11-23T02:00:00Z',
      [
        task('start', 'success'),
        task('load.a', 'skipped'),
        task('load.deep.b', 'success', 1, 0),
        task('load.deep.b', 'failed', 2, 1)
      ],
      'failed'
    )
  ],
  sla_misses: [{ dag_id: 'sales', run_id: 'two', task_id: 'start' }]
};

describe('the grid', () => {
  const tree = treeOf(FOUND, GRAPH, new Set());

  it('has each group with what is in it, where its first task stands', () => {
    expect(tree.rows.map(row => `${row.depth} ${row.label}`)).toEqual([
      '0 start',
      '0 load',
      '1 a',
      '1 deep',
      '2 b',
      '0 middle'
    ]);
    const closed = treeRows(GRAPH, new Set(['load']));
    expect(closed.map(row => row.id)).toEqual(['start', 'load', 'middle']);
  });

  it('has the runs in the order in which they are due, those before the beginning marked', () => {
    expect(tree.columns.map(one => one.run.run_id)).toEqual(['one', 'two']);
    expect(tree.columns.map(one => one.isCatchUp)).toEqual([true, false]);
    expect(tree.columns[0].took).toBe(120);
  });

  it('shows of many the worst state, and that one was retried or late', () => {
    const [start, load, , , b, middle] = tree.rows;
    expect(tree.cell(load, 0)).toMatchObject({
      state: 'failed',
      isRetried: true
    });
    expect(tree.cell(b, 0)?.tasks).toHaveLength(2);
    expect(tree.cell(start, 1)).toMatchObject({
      state: 'success',
      isRetried: true,
      isLate: true
    });
    expect(tree.cell(start, 0)?.isLate).toBe(false);
    expect(tree.cell(middle, 0)).toBeNull();
  });

  it('is told in words', () => {
    const cell = tree.cell(tree.rows[0], 1);
    expect(cell && cellWords(cell)).toBe('success on try 3, SLA missed');
    expect(spotWords(tree, { row: 5, column: 0 })).toMatch(
      /^middle in the run of .*: not in this run$/
    );
    expect(spotWords(tree, { row: -1, column: 0 })).toContain('failed');
  });

  it('is summed up without what there is none of', () => {
    expect(figuresOf(FOUND).map(one => one.words)).toEqual([
      '2 runs, 5 tasks',
      '1 to catch up',
      '1 run failed',
      '1 task skipped',
      '3 retries',
      '1 SLA missed'
    ]);
  });
});

describe('seven hundred runs', () => {
  const geometry = geometryOf(20, 700, 1000);
  const view = { left: 1000, top: 0, width: 1000, height: 600 };

  it('are narrow, and only those in the window are painted', () => {
    expect(geometry.pitch).toBe(4);
    expect(geometry.hasSigns).toBe(false);
    const { from, to } = columnsIn(geometry, 700, view);
    expect(from).toBe(250);
    expect(to - from).toBeLessThan(200);
  });

  it('are found under the pointer and brought into the window', () => {
    const size = { rows: 20, columns: 700 };
    const place = placeAt(geometry, size, view, { x: NAMES + 5, y: 300 });
    expect(place?.column).toBe(251);
    expect(placeAt(geometry, size, view, { x: 10, y: 300 })?.column).toBe(-1);
    expect(placeAt(geometry, size, view, { x: 300, y: 9000 })).toBeNull();
    expect(scrollTo(geometry, view, { row: 0, column: 0 }).left).toBe(0);
    expect(scrollTo(geometry, view, { row: 0, column: 300 }).left).toBe(1000);
  });

  it('have as many dates as there is room for', () => {
    const columns = Array.from({ length: 700 }, (_, hour) => {
      const due = new Date(2026, 10, 1, hour).toISOString();
      return { run: run('x', due, []), took: 1, isCatchUp: false };
    });
    const labels = dateLabels(columns, 4);
    expect(labels).toHaveLength(30);
    expect(labels[1]).toEqual({ column: 24, text: '2 Nov' });
  });
});

describe('assumptions', () => {
  const one = (patch: Partial<IAssumption>): IAssumption => ({
    key: 1,
    task: 'load',
    kind: 'takes',
    value: '5 min',
    chosen: [],
    ...patch
  });
  const form = (...assumptions: IAssumption[]) => ({
    from: '2026-11-24T00:00',
    to: '2026-12-01T00:00',
    assumptions
  });

  it('know times as people write them', () => {
    expect(parseSpan('90')).toEqual([90, 90]);
    expect(parseSpan('5 min')).toEqual([300, 300]);
    expect(parseSpan('1-5 min')).toEqual([60, 300]);
    expect(parseSpan('30s - 2m')).toEqual([30, 120]);
    expect(parseSpan('1.5 h')).toEqual([5400, 5400]);
    expect(parseSpan('5-1 min')).toBeNull();
    expect(parseSpan('soon')).toBeNull();
  });

  it('become what the server is asked', () => {
    const request = simulateRequest(
      form(
        one({}),
        one({ kind: 'chance', value: '10' }),
        one({ task: 'x', kind: 'skips' }),
        one({ task: 'way', kind: 'chooses', chosen: ['a'] }),
        one({ task: 'y', kind: 'fails', value: '2' }),
        one({ task: 'z', kind: 'returns', value: '7' })
      )
    );
    expect(request).toMatchObject({
      duration: { load: [300, 300] },
      fail: { load: 0.1, y: 2 },
      skip: ['x'],
      branch: { way: ['a'] },
      length: { z: 7 }
    });
  });

  it('say what is wrong where it stands', () => {
    const wrong = formProblems({
      ...form(
        one({ key: 1, value: 'soon' }),
        one({ key: 2, kind: 'chooses' }),
        one({ key: 3, kind: 'skips', value: '' })
      ),
      to: '2026-11-23T00:00'
    });
    expect(Object.keys(wrong).sort()).toEqual(['1', '2', 'to']);
  });
});
