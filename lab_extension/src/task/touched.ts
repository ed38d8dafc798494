/** What clearing touches, a line for each task. Pure. */
import type { ITaskInstanceV2 } from '../api/types';
import { stateWords } from '../words/states';
import { count } from '../words/time';

export interface ITouched {
  task_id: string;
  /** The mark that stands for all of its instances. */
  state: string | null;
  /** "failed"; of several instances "12 instances, 1 failed". */
  words: string;
}

/** A task's instances in one line; one of a mapped task says which it is. */
export function touchedTasks(
  tasks: readonly ITaskInstanceV2[],
  order: readonly string[]
): ITouched[] {
  const byTask = new Map<string, ITaskInstanceV2[]>();
  for (const task of tasks) {
    byTask.set(task.task_id, [...(byTask.get(task.task_id) ?? []), task]);
  }
  return [...byTask.values()]
    .sort(([a], [b]) => order.indexOf(a.task_id) - order.indexOf(b.task_id))
    .map(lineOf);
}

function lineOf(tasks: ITaskInstanceV2[]): ITouched {
  const [{ task_id, map_index, state }] = tasks;
  if (tasks.length === 1) {
    const words = stateWords(state).toLowerCase();
    return {
      task_id,
      state,
      words: map_index >= 0 ? `instance ${map_index}, ${words}` : words
    };
  }
  const failed = tasks.filter(task => task.state === 'failed').length;
  const all = count(tasks.length, 'instance');
  return {
    task_id,
    state: failed ? 'failed' : state,
    words: failed ? `${all}, ${failed} failed` : all
  };
}
