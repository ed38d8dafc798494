/** What of the audit log is asked for. Pure. */
import type { IAuditFilter } from '../../api/security-types';

export type Verdict = 'all' | 'allowed' | 'refused';
export type Period = 'all' | 'hour' | 'day' | 'week' | 'month';

export interface IAuditForm {
  search: string;
  user: string;
  event: string;
  sourceIp: string;
  dagId: string;
  verdict: Verdict;
  period: Period;
}

export const EMPTY_FORM: IAuditForm = {
  search: '',
  user: '',
  event: '',
  sourceIp: '',
  dagId: '',
  verdict: 'all',
  period: 'all'
};

export const PERIODS: readonly [Period, string][] = [
  ['all', 'Any time'],
  ['hour', 'Last hour'],
  ['day', 'Last 24 hours'],
  ['week', 'Last 7 days'],
  ['month', 'Last 30 days']
];

const HOURS: Record<Exclude<Period, 'all'>, number> = {
  hour: 1,
  day: 24,
  week: 24 * 7,
  month: 24 * 30
};

/** The query for a form; what is not filled in is not asked for. */
export function queryOf(form: IAuditForm, now: Date): IAuditFilter {
  const query: IAuditFilter = {};
  const texts: [keyof IAuditFilter, string][] = [
    ['search', form.search],
    ['user', form.user],
    ['event', form.event],
    ['source_ip', form.sourceIp],
    ['dag_id', form.dagId]
  ];
  for (const [name, value] of texts) {
    if (value.trim()) {
      Object.assign(query, { [name]: value.trim() });
    }
  }
  if (form.verdict !== 'all') {
    query.allowed = form.verdict === 'allowed';
  }
  if (form.period !== 'all') {
    const hours = HOURS[form.period];
    query.after = new Date(now.getTime() - hours * 3_600_000).toISOString();
  }
  return query;
}

export function isFiltered(form: IAuditForm): boolean {
  return (Object.keys(EMPTY_FORM) as (keyof IAuditForm)[]).some(
    key => form[key] !== EMPTY_FORM[key]
  );
}
