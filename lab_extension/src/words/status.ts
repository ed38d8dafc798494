/** The two sentences of the status bar. */
import type { IStatus } from '../api/types';
import { count } from './time';

export interface IStatusWords {
  /** State whose mark stands before the words. */
  state: 'success' | 'failed' | 'queued';
  text: string;
  title: string;
}

/** "3 runs, 6 tasks running", or nothing while nothing runs. */
export function loadWords(status: IStatus | null): string {
  if (!status || !(status.running_runs || status.running_tasks)) {
    return '';
  }
  return `${count(status.running_runs, 'run')}, ${count(status.running_tasks, 'task')} running`;
}

export function healthWords(
  status: IStatus | null,
  isAway: boolean
): IStatusWords {
  if (isAway) {
    return away(
      'the workflow service',
      'What is shown may be old. Lab tries again by itself.'
    );
  }
  if (!status) {
    return {
      state: 'queued',
      text: 'Scheduler starts…',
      title: 'The first answer is awaited.'
    };
  }
  const goesOn = status.keeps_running
    ? 'Tasks go on when Lab is closed.'
    : 'Tasks stop when Lab’s server stops.';
  if (status.scheduler.state === 'away') {
    return away('the scheduler', 'No task is started until it answers again.');
  }
  if (status.agent?.state === 'away') {
    return away('the worker', 'No task is started until it answers again.');
  }
  if (
    status.scheduler.state === 'starting' ||
    status.agent?.state === 'starting'
  ) {
    return { state: 'queued', text: 'Scheduler starts…', title: goesOn };
  }
  return { state: 'success', text: 'Scheduler healthy', title: goesOn };
}

function away(who: string, title: string): IStatusWords {
  return { state: 'failed', text: `No answer from ${who}`, title };
}
