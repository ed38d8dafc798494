/** What clearing touches, a line for each task. Pure. */
import type { ITaskInstanceV2 } from '../api/types';
import { stateWords } from '../words/states';
import { count } from '../words/time';

export interface ITouched {
  /** The task; one of another DAG with that DAG, "wait (sales_weekly)". */
  name: string;
  /** The mark that stands for all of its instances. */
  state: string | null;
  /** "failed"; of several instances "12 instances, 1 failed". */
  words: string;
}

/**
 * A task's instances in one line; one of a mapped task says which it is. Those
 * of other DAGs, which depend on a marker, come last.
 */
export function touchedTasks(
  tasks: readonly ITaskInstanceV2[],
  dagId: string,
  order: readonly string[]
): ITouched[] {
  const byTask = new Map<string, ITaskInstanceV2[]>();
  for (const task of tasks) {
    const name = nameOf(task, dagId);
    byTask.set(name, [...(byTask.get(name) ?? []), task]);
  }
  const place = ({ dag_id, task_id }: ITaskInstanceV2): number =>
    dag_id === dagId ? order.indexOf(task_id) : order.length;
  return [...byTask]
    .sort(([, [a]], [, [b]]) => place(a) - place(b))
    .map(([name, instances]) => ({ name, ...wordsOf(instances) }));
}

function nameOf({ dag_id, task_id }: ITaskInstanceV2, dagId: string): string {
  return dag_id === dagId ? task_id : `${task_id} (${dag_id})`;
}

function wordsOf(tasks: ITaskInstanceV2[]): Omit<ITouched, 'name'> {
  const [{ map_index, state }] = tasks;
  if (tasks.length === 1) {
    const words = stateWords(state).toLowerCase();
    return {
      state,
      words: map_index >= 0 ? `instance ${map_index}, ${words}` : words
    };
  }
  const failed = tasks.filter(task => task.state === 'failed').length;
  const all = count(tasks.length, 'instance');
  return {
    state: failed ? 'failed' : state,
    words: failed ? `${all}, ${failed} failed` : all
  };
}
