/** What a simulation comes to, in a few figures. Pure. */
import type { ISimulated } from '../api/automation-types';
import { count, duration } from '../words/time';

export interface IFigure {
  /** The state whose mark stands before it, where there is one. */
  state?: string;
  words: string;
  title?: string;
}

/** "38 runs", "33 success", "4 retries", "2 SLA misses": what there is none of is left out. */
export function figuresOf(found: ISimulated): IFigure[] {
  const { runs, sla_misses, begin } = found;
  const tasks = runs.flatMap(run => run.tasks);
  const of = (state: string): number =>
    tasks.filter(task => task.state === state).length;
  const retries = tasks.reduce(
    (sum, { tries }) => sum + Math.max(0, tries.length - 1),
    0
  );
  const caughtUp = runs.filter(
    run => Date.parse(run.run_after) < Date.parse(begin)
  ).length;
  const waited = Math.max(0, ...runs.map(run => run.waited));
  const failed = runs.filter(run => run.state === 'failed').length;
  const open = runs.filter(
    run => run.state !== 'failed' && run.state !== 'success'
  ).length;
  const parts: (IFigure | null)[] = [
    {
      words: `${count(runs.length, 'run')}, ${count(tasks.length, 'task')}`,
      title: 'Task instances of all runs, those of mapped tasks included'
    },
    some(caughtUp, {
      words: `${caughtUp} to catch up`,
      title: 'Runs that were due before the beginning'
    }),
    some(failed, { state: 'failed', words: `${count(failed, 'run')} failed` }),
    some(open, {
      state: 'running',
      words: `${count(open, 'run')} not ended`,
      title: 'At the end of the time that was simulated'
    }),
    some(of('skipped'), {
      state: 'skipped',
      words: `${count(of('skipped'), 'task')} skipped`
    }),
    some(retries, {
      state: 'up_for_retry',
      words: retries === 1 ? '1 retry' : `${retries} retries`
    }),
    some(sla_misses.length, {
      words:
        sla_misses.length === 1
          ? '1 SLA missed'
          : `${sla_misses.length} SLAs missed`
    }),
    some(waited >= 1 ? 1 : 0, {
      words: `longest wait ${duration(waited)}`,
      title: 'From when a run was due until it began'
    })
  ];
  return parts.filter(part => part !== null);
}

function some(n: number, figure: IFigure): IFigure | null {
  return n ? figure : null;
}
