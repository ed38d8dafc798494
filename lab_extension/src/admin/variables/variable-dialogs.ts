import { Notification } from '@jupyterlab/apputils';

import type { AdminApi } from '../../api/admin';
import type { ExistingKey, IVariable } from '../../api/admin-types';
import { attempt } from '../../notify';
import { download } from '../../parts/download';
import { count } from '../../words/time';
import { askDeletion } from '../form/ask-deletion';
import { askForm } from '../form/form-dialog';
import {
  changesOf,
  fieldsOf,
  problemsOf,
  readFile,
  reportWords,
  valuesOf,
  variableOf
} from './variable-form';

type Refresh = () => Promise<void>;

export async function addVariable(
  api: AdminApi,
  refresh: Refresh
): Promise<void> {
  await askForm({
    title: 'Add variable',
    accept: 'Add variable',
    fields: fieldsOf(null),
    values: valuesOf(null),
    check: problemsOf,
    save: values => api.addVariable(variableOf(values))
  });
  await refresh();
}

export async function editVariable(
  api: AdminApi,
  variable: IVariable,
  refresh: Refresh
): Promise<void> {
  await askForm({
    title: `Edit ${variable.key}`,
    accept: 'Save variable',
    fields: fieldsOf(variable),
    values: valuesOf(variable),
    save: async values => {
      const fields = changesOf(variable, values);
      if (fields.length) {
        await api.changeVariable(variableOf(values), fields);
      }
    }
  });
  await refresh();
}

export async function deleteVariable(
  api: AdminApi,
  { key }: IVariable,
  refresh: Refresh
): Promise<void> {
  await askDeletion(
    key,
    'Tasks and DAG files that read it will fail unless they name a default.',
    () => api.deleteVariable(key)
  );
  await refresh();
}

/** Ask for a JSON file and set the variables in it. */
export function importVariables(api: AdminApi, refresh: Refresh): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.json,application/json';
  input.onchange = () => {
    const file = input.files?.[0];
    if (file) {
      void attempt(() => importFile(api, file, refresh));
    }
  };
  input.click();
}

async function importFile(
  api: AdminApi,
  file: File,
  refresh: Refresh
): Promise<void> {
  const variables = readFile(await file.text());
  const found = count(Object.keys(variables).length, 'variable');
  await askForm({
    title: `Import ${found}`,
    accept: `Import ${found}`,
    note: `${file.name} holds ${found}. All are set, or none.`,
    fields: [
      {
        name: 'action',
        label: 'Keys that exist',
        kind: 'choice',
        options: [
          ['overwrite', 'Overwrite them'],
          ['skip', 'Leave them as they are'],
          ['fail', 'Import nothing if there is one']
        ]
      }
    ],
    values: { action: 'overwrite' },
    save: async ({ action }) => {
      const report = await api.importVariables(
        variables,
        action as ExistingKey
      );
      Notification.success(reportWords(report), { autoClose: 5000 });
    }
  });
  await refresh();
}

/** Save all variables, with their values in clear, as a file. */
export async function exportVariables(api: AdminApi): Promise<void> {
  await attempt(async () => {
    const text = JSON.stringify(await api.exportVariables(), null, 2);
    const type = 'application/json';
    download(new Blob([`${text}\n`], { type }), 'variables.json');
  });
}
