import { expect, it } from 'vitest';

import type { ITaskInstanceV2 } from '../src/api/types';
import { touchedTasks } from '../src/task/touched';

const task = (
  task_id: string,
  state: string | null,
  map_index = -1,
  dag_id = 'sales'
): ITaskInstanceV2 => ({
  dag_id,
  task_id,
  state,
  map_index,
  duration: null,
  dag_run_id: 'run',
  try_number: 1,
  max_tries: 0
});

it('a mapped task is one line, and one of its instances says which', () => {
  const lines = touchedTasks(
    [
      task('after', null),
      task('load', 'success', 0),
      task('load', 'failed', 1),
      task('load', 'success', 2)
    ],
    'sales',
    ['load', 'after']
  );
  expect(lines).toEqual([
    { name: 'load', state: 'failed', words: '3 instances, 1 failed' },
    { name: 'after', state: null, words: 'not started' }
  ]);
  expect(touchedTasks([task('load', 'failed', 7)], 'sales', [])[0].words).toBe(
    'instance 7, failed'
  );
});

it('tasks of other DAGs come last, each with its DAG', () => {
  const lines = touchedTasks(
    [
      task('wait', 'success', -1, 'weekly'),
      task('mark', 'success'),
      task('wait', 'failed')
    ],
    'sales',
    ['wait', 'mark']
  );
  expect(lines.map(({ name }) => name)).toEqual([
    'wait',
    'mark',
    'wait (weekly)'
  ]);
});
