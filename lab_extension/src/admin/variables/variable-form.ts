/** What the variable dialog asks, and which file can be imported. Pure. */
import type { JSONObject } from '@lumino/coreutils';

import type { IImportReport, IVariable } from '../../api/admin-types';
import { count } from '../../words/time';
import type { IField, Values } from '../form/field';

export const HIDDEN = '***';

/** Whether a variable's value is not shown because of its key. */
export function isHidden(variable: IVariable): boolean {
  return variable.value === HIDDEN;
}

export function fieldsOf(variable: IVariable | null): IField[] {
  const kept = variable && isHidden(variable);
  return [
    { name: 'key', label: 'Key', disabled: Boolean(variable) },
    {
      name: 'value',
      label: 'Value',
      kind: 'area',
      placeholder: kept ? 'Hidden. What is typed here replaces it.' : undefined,
      help: 'Text or JSON. Stored encrypted; shown to people who may see variables, except where the key says password, secret, api_key and the like.'
    },
    { name: 'description', label: 'Description' }
  ];
}

export function valuesOf(variable: IVariable | null): Values {
  return {
    key: variable?.key ?? '',
    value: variable && !isHidden(variable) ? (variable.value ?? '') : '',
    description: variable?.description ?? ''
  };
}

export function problemsOf(values: Values): Record<string, string> {
  return String(values.key).trim() ? {} : { key: 'The variable needs a key' };
}

export function variableOf(values: Values): IVariable {
  return {
    key: String(values.key).trim(),
    value: String(values.value),
    description: String(values.description).trim() || null
  };
}

/** The fields that a form has changed; of a hidden value nothing typed means no change. */
export function changesOf(variable: IVariable, values: Values): string[] {
  const before = valuesOf(variable);
  return ['value', 'description'].filter(name => values[name] !== before[name]);
}

/** The variables of a JSON file. */
export function readFile(text: string): JSONObject {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`This file is no JSON: ${(error as Error).message}`);
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw new Error('The file must hold one JSON object: {"key": value, …}.');
  }
  return found as JSONObject;
}

/** "2 variables new, 1 changed, 3 as they were." */
export function reportWords(report: IImportReport): string {
  const { created, changed, kept } = report;
  const words = [
    `${count(created.length, 'variable')} new`,
    `${changed.length} changed`,
    `${kept.length} as ${kept.length === 1 ? 'it was' : 'they were'}`
  ];
  return `${words.join(', ')}.`;
}
