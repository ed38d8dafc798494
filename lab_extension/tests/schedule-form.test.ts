import { describe, expect, it } from 'vitest';

import type { INotebookParameters, INotebookSource } from '../src/api/types';
import {
  applyPreset,
  fieldsOf,
  initialForm,
  outputExample,
  parameterErrors,
  presetOf,
  toRequest
} from '../src/schedule/form';
import { folderOf, parseNotebook } from '../src/schedule/source';

const NOTEBOOK: INotebookParameters = {
  path: 'reports/churn.ipynb',
  kernel: { name: 'python3', display_name: 'Python 3', language: 'python' },
  parameters: [
    { name: 'rows', type: 'int', default: 3, source: '3', comment: null }
  ],
  has_parameters_cell: true,
  dag_id: 'churn_1a2b3c',
  schedule: null
};
const SOURCE: INotebookSource = {
  path: NOTEBOOK.path,
  notebook: { cells: [] },
  folder: '/home/ana/reports'
};
const FIELDS = fieldsOf(NOTEBOOK);

describe('presets', () => {
  it.each([
    ['5 * * * *', 'Hourly'],
    ['30 6 * * *', 'Daily'],
    ['30 6 * * 1-5', 'Weekdays'],
    ['30  6 * * MON', 'Weekly'],
    ['30 6 15 * *', 'Monthly'],
    ['*/15 * * * *', 'Other'],
    ['nonsense', 'Other']
  ])('%s is %s', (cron, preset) => {
    expect(presetOf(cron)).toBe(preset);
  });

  it('keep the time of day', () => {
    expect(applyPreset('Daily', '30 7 * * 1')).toBe('30 7 * * *');
    expect(applyPreset('Hourly', '30 7 * * 1')).toBe('30 * * * *');
    expect(applyPreset('Weekly', '*/5 * * * *')).toBe('0 6 * * 1');
    expect(applyPreset('Other', '*/5 * * * *')).toBe('*/5 * * * *');
  });
});

describe('the form', () => {
  it('starts with a name for the output and the zone of the server', () => {
    const form = initialForm(NOTEBOOK, 'Europe/Vienna');
    expect(form.outputName).toBe('churn-{{ ds }}.ipynb');
    expect(form.timezone).toBe('Europe/Vienna');
  });

  it('starts with the existing schedule', () => {
    const schedule = {
      cron: '5 4 * * *',
      retries: 2,
      retry_delay: 90,
      parameters: { rows: 9 }
    };
    const form = initialForm({ ...NOTEBOOK, schedule }, 'UTC');
    expect(form).toMatchObject({
      cron: '5 4 * * *',
      retries: '2',
      retryDelay: '1.5'
    });
    expect(toRequest(SOURCE, form, FIELDS).request.parameters).toEqual({
      rows: 9
    });
  });

  it('becomes a request, in seconds', () => {
    const form = {
      ...initialForm(NOTEBOOK, 'UTC'),
      retries: '2',
      draft: { rows: '8' }
    };
    const { request, errors } = toRequest(SOURCE, form, FIELDS);
    expect(errors).toEqual({});
    expect(request).toMatchObject({
      ...SOURCE,
      when: 'cron',
      cron: '0 6 * * 1',
      parameters: { rows: 8 },
      retries: 2,
      retry_delay: 300
    });
  });

  it('a single run has no cron text', () => {
    const form = { ...initialForm(NOTEBOOK, 'UTC'), when: 'once' as const };
    expect(toRequest(SOURCE, form, FIELDS).request.cron).toBeNull();
  });

  it('says what is wrong at each field', () => {
    const form = {
      ...initialForm(NOTEBOOK, 'UTC'),
      retries: '-1',
      retryDelay: '',
      outputName: ' ',
      draft: { rows: 'x' }
    };
    const { errors } = toRequest(SOURCE, form, FIELDS);
    expect(Object.keys(errors).sort()).toEqual([
      'output_name',
      'parameters.rows',
      'retries',
      'retry_delay'
    ]);
    expect(parameterErrors(errors)).toEqual({
      rows: 'rows must be a whole number'
    });
  });

  it('shows where the output goes', () => {
    expect(outputExample('a-{{ ds }}.ipynb', '2026-11-23')).toBe(
      'outputs/a-2026-11-23.ipynb'
    );
    expect(outputExample('x/{{ds_nodash}}.ipynb', '2026-11-23')).toBe(
      'x/20261123.ipynb'
    );
  });
});

describe('the folder of a notebook', () => {
  it('is below the root of Lab', () => {
    expect(folderOf('/home/ana', 'reports/churn.ipynb')).toBe(
      '/home/ana/reports'
    );
    expect(folderOf('/home/ana/', 'churn.ipynb')).toBe('/home/ana');
    expect(folderOf('/', 'churn.ipynb')).toBe('/');
  });

  it('is unknown where the root is', () => {
    expect(folderOf('', 'churn.ipynb')).toBeNull();
    expect(folderOf('~', 'churn.ipynb')).toBeNull();
  });
});

it('a notebook is JSON, and an object', () => {
  expect(parseNotebook('a/b.ipynb', '{"cells": []}')).toEqual({ cells: [] });
  expect(() => parseNotebook('a/b.ipynb', 'no JSON')).toThrow(
    'b.ipynb is not a notebook: it is no JSON.'
  );
  expect(() => parseNotebook('b.ipynb', '[]')).toThrow(/not a notebook of/);
});
