import { expect, it } from 'vitest';

import type { ITaskInstanceV2 } from '../src/api/types';
import { touchedTasks } from '../src/task/touched';

const task = (
  task_id: string,
  state: string | null,
  map_index = -1
): ITaskInstanceV2 => ({
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
    ['load', 'after']
  );
  expect(lines).toEqual([
    { task_id: 'load', state: 'failed', words: '3 instances, 1 failed' },
    { task_id: 'after', state: null, words: 'not started' }
  ]);
  expect(touchedTasks([task('load', 'failed', 7)], [])[0].words).toBe(
    'instance 7, failed'
  );
});
