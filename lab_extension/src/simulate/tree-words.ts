/** What a place of the grid says, in words. Pure. */
import { stateWords } from '../words/states';
import { capital, count, duration, moment } from '../words/time';
import type { ITree, ITreeCell } from './tree';
import type { ISpot } from './tree-paint';

/** "extract.refunds in the run of Fri 27 Nov 02:00: failed on try 2, SLA missed". */
export function spotWords(tree: ITree, { row, column }: ISpot): string {
  const { run, took } = tree.columns[column];
  const of = `run of ${moment(run.run_after, new Date())}`;
  const line = tree.rows[row];
  if (!line) {
    return `${capital(of)}: ${stateWords(run.state).toLowerCase()}, took ${duration(took) || 'longer than the simulation'}`;
  }
  const cell = tree.cell(line, column);
  return `${line.id} in the ${of}: ${cell ? cellWords(cell) : 'not in this run'}`;
}

/** "failed on try 2, SLA missed", "3 tasks: failed, retried". */
export function cellWords({
  state,
  tasks,
  isRetried,
  isLate
}: ITreeCell): string {
  const words = stateWords(state).toLowerCase();
  const tries = tasks[0].tries.length;
  const parts =
    tasks.length === 1
      ? [tries > 1 ? `${words} on try ${tries}` : words]
      : [`${count(tasks.length, 'task')}: ${words}`];
  if (tasks.length > 1 && isRetried) {
    parts.push('retried');
  }
  return [...parts, ...(isLate ? ['SLA missed'] : [])].join(', ');
}
