/** What the backfill dialog asks, and the request that it makes. Pure. */
import type { JSONObject, JSONValue } from '@lumino/coreutils';

import type { IBackfillRequest, Reprocess } from '../../api/automation-types';
import { dayStart, fromLocal, toLocal } from '../../words/local-time';

const DAY = 86_400_000;

export interface IBackfillForm {
  dagId: string;
  /** As fields for date and time hold them, in the viewer's zone. */
  from: string;
  to: string;
  reprocess: Reprocess;
  maxActiveRuns: string;
  isBackwards: boolean;
  /** Of a DAG without declared parameters: the runs' conf as JSON. */
  conf: string;
}

export const REPROCESS: [Reprocess, string][] = [
  ['none', 'Only dates without a run'],
  ['failed', 'And failed runs again'],
  ['completed', 'All of them again']
];

/** The last seven whole days. */
export function emptyBackfill(dagId: string, now: Date): IBackfillForm {
  const today = dayStart(now).getTime();
  return {
    dagId,
    from: toLocal(dayStart(new Date(today - 6.5 * DAY))),
    to: toLocal(new Date(today - 60_000)),
    reprocess: 'none',
    maxActiveRuns: '3',
    isBackwards: false,
    conf: ''
  };
}

/** What can be told without asking the server, by the names of the wire. */
export function backfillProblems(form: IBackfillForm): Record<string, string> {
  const problems: Record<string, string> = {};
  const [from, to] = [fromLocal(form.from), fromLocal(form.to)];
  if (!form.dagId) {
    problems.dag_id = 'Choose a DAG';
  }
  if (!from) {
    problems.from_date = 'A date and a time';
  }
  if (!to) {
    problems.to_date = 'A date and a time';
  } else if (from && to < from) {
    problems.to_date = 'This is before the beginning';
  }
  if (!/^[1-9]\d{0,2}$|^1000$/.test(form.maxActiveRuns.trim())) {
    problems.max_active_runs = 'A whole number from 1 to 1000';
  }
  if (confOf(form.conf) === null) {
    problems.dag_run_conf = 'One JSON object, like {"region": "EMEA"}';
  }
  return problems;
}

/** The request for a form without problems. */
export function backfillRequest(
  form: IBackfillForm,
  params: JSONObject
): IBackfillRequest {
  return {
    dag_id: form.dagId,
    from_date: fromLocal(form.from)?.toISOString() ?? '',
    to_date: fromLocal(form.to)?.toISOString() ?? '',
    reprocess_behavior: form.reprocess,
    max_active_runs: Number(form.maxActiveRuns),
    run_backwards: form.isBackwards,
    dag_run_conf: { ...confOf(form.conf), ...params }
  };
}

function confOf(text: string): JSONObject | null {
  if (!text.trim()) {
    return {};
  }
  try {
    const value = JSON.parse(text) as JSONValue;
    const isObject =
      typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? value : null;
  } catch {
    return null;
  }
}
