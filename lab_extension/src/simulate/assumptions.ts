/** What tasks are assumed to do in a simulation, as a person types it. Pure. */
import type { ISimulateRequest } from '../api/automation-types';
import { fromLocal } from '../words/local-time';

export type AssumptionKind =
  'takes' | 'fails' | 'chance' | 'skips' | 'chooses' | 'returns';

export interface IAssumption {
  key: number;
  /** `*` = every task that no other one names. */
  task: string;
  kind: AssumptionKind;
  value: string;
  /** Of `chooses`: the tasks below that it goes on with. */
  chosen: string[];
}

export interface ISimulateForm {
  /** As fields for date and time hold them. */
  from: string;
  to: string;
  assumptions: readonly IAssumption[];
}

export const KINDS: Record<
  AssumptionKind,
  { words: string; value: string; help: string }
> = {
  takes: {
    words: 'takes',
    value: '5 min',
    help: '90 s, 5 min, 1 h, or 1-5 min'
  },
  fails: { words: 'fails first', value: '1', help: 'tries of each run' },
  chance: { words: 'fails at', value: '10', help: '% of its tries' },
  skips: { words: 'skips itself', value: '', help: '' },
  chooses: { words: 'goes on with', value: '', help: '' },
  returns: { words: 'returns', value: '3', help: 'values to map over' }
};

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
const SPAN =
  /^(\d+(?:\.\d+)?)\s*([smhd])?\w*\s*(?:(?:-|to)\s*(\d+(?:\.\d+)?)\s*([smhd])?\w*)?$/i;

/** "5 min" -> [300, 300]; "1-5 min" -> [60, 300]; seconds where no unit is said. */
export function parseSpan(text: string): [number, number] | null {
  const found = SPAN.exec(text.trim());
  if (!found) {
    return null;
  }
  const [, low, lowUnit, high, highUnit] = found;
  const last = (highUnit ?? lowUnit ?? 's').toLowerCase();
  const first = (lowUnit ?? last).toLowerCase();
  const from = Number(low) * UNITS[first];
  const to = high === undefined ? from : Number(high) * UNITS[last];
  return from <= to ? [from, to] : null;
}

/** What can be told without asking: by `from`, `to`, and the keys of assumptions. */
export function formProblems(form: ISimulateForm): Record<string, string> {
  const problems: Record<string, string> = {};
  const [from, to] = [fromLocal(form.from), fromLocal(form.to)];
  if (!from) {
    problems.from = 'A date and a time';
  }
  if (!to) {
    problems.to = 'A date and a time';
  } else if (from && to <= from) {
    problems.to = 'This is not after the beginning';
  }
  for (const one of form.assumptions) {
    const problem = assumptionProblem(one);
    if (problem) {
      problems[one.key] = problem;
    }
  }
  return problems;
}

function assumptionProblem(one: IAssumption): string | null {
  const text = one.value.trim();
  switch (one.kind) {
    case 'takes':
      return parseSpan(text) ? null : 'A time like 90 s, 5 min or 1-5 min';
    case 'fails':
      return /^[1-9]\d{0,2}$/.test(text) ? null : 'A whole number from 1 on';
    case 'chance':
      return text && Number(text) >= 0 && Number(text) < 100
        ? null
        : 'A number from 0 to below 100';
    case 'returns':
      return /^\d{1,4}$/.test(text) ? null : 'A whole number';
    case 'chooses':
      return one.chosen.length ? null : 'Choose at least one task';
    case 'skips':
      return null;
  }
}

/** The request for a form without problems. */
export function simulateRequest(form: ISimulateForm): ISimulateRequest {
  const request: Required<Omit<ISimulateRequest, 'seed'>> = {
    from: fromLocal(form.from)?.toISOString() ?? '',
    to: fromLocal(form.to)?.toISOString() ?? '',
    duration: {},
    fail: {},
    branch: {},
    skip: [],
    length: {}
  };
  for (const { task, kind, value, chosen } of form.assumptions) {
    switch (kind) {
      case 'takes':
        request.duration[task] = parseSpan(value) ?? [60, 60];
        break;
      case 'fails':
        request.fail[task] = Number(value);
        break;
      case 'chance':
        request.fail[task] = Number(value) / 100;
        break;
      case 'skips':
        request.skip.push(task);
        break;
      case 'chooses':
        request.branch[task] = chosen;
        break;
      case 'returns':
        request.length[task] = Number(value);
        break;
    }
  }
  return request;
}
