/** What the schedule dialog asks, and the request that follows from it. */
import type {
  INotebookParameters,
  INotebookSource,
  IScheduleRequest
} from '../api/types';
import {
  type Draft,
  draftOf,
  type IField,
  notebookField,
  readForm
} from '../params/fields';

export interface IScheduleForm {
  when: 'once' | 'cron';
  cron: string;
  timezone: string;
  draft: Draft;
  outputName: string;
  exportHtml: boolean;
  retries: string;
  /** Minutes between tries. */
  retryDelay: string;
}

export type Preset =
  'Hourly' | 'Daily' | 'Weekdays' | 'Weekly' | 'Monthly' | 'Other';

export const PRESETS: readonly [Preset, string | null][] = [
  ['Hourly', '0 * * * *'],
  ['Daily', '0 6 * * *'],
  ['Weekdays', '0 6 * * 1-5'],
  ['Weekly', '0 6 * * 1'],
  ['Monthly', '0 6 1 * *'],
  ['Other', null]
];

const SHAPES: [Preset, RegExp][] = [
  ['Hourly', /^\d+ \* \* \* \*$/],
  ['Daily', /^\d+ \d+ \* \* \*$/],
  ['Weekdays', /^\d+ \d+ \* \* (1-5|mon-fri)$/i],
  ['Weekly', /^\d+ \d+ \* \* ([0-7]|[a-z]{3})$/i],
  ['Monthly', /^\d+ \d+ \d+ \* \*$/]
];

/** The preset whose shape a cron text has. */
export function presetOf(cron: string): Preset {
  const text = cron.trim().replace(/\s+/g, ' ');
  return SHAPES.find(([, shape]) => shape.test(text))?.[0] ?? 'Other';
}

/** The cron text after a preset is chosen: the time of day is kept where both have one. */
export function applyPreset(preset: Preset, cron: string): string {
  const fresh = PRESETS.find(([name]) => name === preset)?.[1];
  if (!fresh) {
    return cron;
  }
  const now = cron.trim().split(/\s+/);
  const parts = fresh.split(' ');
  const keep = (index: number): string =>
    /^\d+$/.test(now[index] ?? '') && parts[index] !== '*'
      ? now[index]
      : parts[index];
  return [keep(0), keep(1), ...parts.slice(2)].join(' ');
}

export function fieldsOf(notebook: INotebookParameters): IField[] {
  return notebook.parameters.map(notebookField);
}

/** What the dialog starts with: the existing schedule, or each Monday at 06:00. */
export function initialForm(
  notebook: INotebookParameters,
  timezone: string
): IScheduleForm {
  const old = notebook.schedule ?? {};
  return {
    when: old.when ?? 'cron',
    cron: old.cron ?? '0 6 * * 1',
    timezone: old.timezone ?? timezone,
    draft: draftOf(fieldsOf(notebook), old.parameters ?? {}),
    outputName: old.output_name ?? `${stem(notebook.path)}-{{ ds }}.ipynb`,
    exportHtml: old.export_html ?? false,
    retries: String(old.retries ?? 0),
    retryDelay: String((old.retry_delay ?? 300) / 60)
  };
}

export interface IRequestResult {
  request: IScheduleRequest;
  errors: Record<string, string>;
}

/** The request for a form; it may be sent if there are no errors. */
export function toRequest(
  source: INotebookSource,
  form: IScheduleForm,
  fields: readonly IField[]
): IRequestResult {
  const { values, errors } = readForm(fields, form.draft);
  const all = prefixed('parameters.', errors);
  const retries = Number(form.retries);
  const minutes = Number(form.retryDelay);
  if (!form.retries.trim() || !Number.isInteger(retries) || retries < 0) {
    all.retries = 'The number of tries must be a whole number, 0 or more';
  }
  if (!form.retryDelay.trim() || !(minutes >= 0)) {
    all.retry_delay = 'The minutes between tries must be a number, 0 or more';
  }
  if (!form.outputName.trim()) {
    all.output_name = 'The output needs a name';
  }
  const request: IScheduleRequest = {
    ...source,
    when: form.when,
    cron: form.when === 'cron' ? form.cron.trim() : null,
    timezone: form.timezone,
    parameters: values,
    output_name: form.outputName.trim(),
    export_html: form.exportHtml,
    retries,
    retry_delay: minutes * 60
  };
  return { request, errors: all };
}

/** Those errors that stand at one parameter, by its name. */
export function parameterErrors(
  errors: Readonly<Record<string, string>>
): Record<string, string> {
  const prefix = 'parameters.';
  const mine = Object.entries(errors).filter(([path]) =>
    path.startsWith(prefix)
  );
  return Object.fromEntries(
    mine.map(([path, text]) => [path.slice(prefix.length), text])
  );
}

/** An example of the output's path, for the day of the first run. */
export function outputExample(outputName: string, day: string): string {
  const name = outputName
    .replace(/\{\{\s*ds\s*\}\}/g, day)
    .replace(/\{\{\s*ds_nodash\s*\}\}/g, day.replace(/-/g, ''));
  return name.includes('/') ? name : `outputs/${name}`;
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function stem(path: string): string {
  return fileName(path).replace(/\.ipynb$/, '');
}

function prefixed(
  prefix: string,
  errors: Record<string, string>
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(errors).map(([name, text]) => [prefix + name, text])
  );
}
