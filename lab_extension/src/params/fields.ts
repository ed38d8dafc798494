/** Typed fields of a form: from defaults to texts that are edited, and back to values. */
import type { JSONObject, JSONValue } from '@lumino/coreutils';

import type { INotebookParameter, IParam, ParameterType } from '../api/types';
import { refusal } from './bounds';

export interface IField {
  name: string;
  type: ParameterType;
  initial: JSONValue;
  /** What the default is in the source, where it is not a plain value. */
  source: string | null;
  comment: string | null;
  /** The values to choose from, where only these are allowed. */
  choices: JSONValue[] | null;
  /** What a DAG's Param asks of its value. */
  schema?: JSONObject;
}

/** What stands in the fields, by name; only touched fields are in it. */
export type Draft = Readonly<Record<string, string>>;

export interface IFormResult {
  /** The values that differ from their defaults. */
  values: JSONObject;
  errors: Record<string, string>;
}

export type Parsed = { value: JSONValue } | { error: string };

const WORDS: Record<ParameterType, string> = {
  int: 'whole number',
  float: 'number',
  str: 'text',
  bool: 'yes or no',
  list: 'list, as JSON',
  dict: 'object, as JSON',
  none: 'any value',
  expression: 'computed by the notebook'
};

const SCHEMA_TYPES: Record<string, ParameterType> = {
  integer: 'int',
  number: 'float',
  string: 'str',
  boolean: 'bool',
  array: 'list',
  object: 'dict'
};

export function typeWords(field: IField): string {
  return field.choices ? 'choice' : WORDS[field.type];
}

export function notebookField(parameter: INotebookParameter): IField {
  const { name, type, source, comment } = parameter;
  return {
    name,
    type,
    initial: parameter.default,
    source,
    comment,
    choices: null
  };
}

export function dagField(name: string, param: IParam): IField {
  const { schema, value, description } = param;
  const type = schema.type;
  const types = Array.isArray(type) ? type : [type];
  const known = types.find(
    each => typeof each === 'string' && each in SCHEMA_TYPES
  );
  const choices = Array.isArray(schema.enum)
    ? (schema.enum as JSONValue[])
    : null;
  return {
    name,
    type: typeof known === 'string' ? SCHEMA_TYPES[known] : typeOf(value),
    initial: value,
    source: null,
    comment: description,
    choices,
    schema
  };
}

/** The text that a field starts with. */
export function initialText(field: IField): string {
  const { type, initial, choices } = field;
  if (type === 'expression' || (initial === null && !choices)) {
    return '';
  }
  return typeof initial === 'string' && !choices
    ? initial
    : JSON.stringify(initial);
}

export function textOf(field: IField, draft: Draft): string {
  return draft[field.name] ?? initialText(field);
}

export function isChanged(field: IField, draft: Draft): boolean {
  return textOf(field, draft) !== initialText(field);
}

/** Whether a text is filled in anew for each run. */
export function isTemplate(text: string): boolean {
  return /\{\{.*\}\}/s.test(text);
}

/** The value that a text stands for, or the sentence that says why there is none. */
export function parseField(field: IField, text: string): Parsed {
  if (field.choices) {
    return { value: JSON.parse(text) as JSONValue };
  }
  if (isTemplate(text) && field.type !== 'bool') {
    return { value: text };
  }
  switch (field.type) {
    case 'int':
      return /^\s*[+-]?\d+\s*$/.test(text)
        ? { value: Number(text) }
        : { error: `${field.name} must be a whole number` };
    case 'float':
      return text.trim() && Number.isFinite(Number(text))
        ? { value: Number(text) }
        : { error: `${field.name} must be a number` };
    case 'bool':
      return { value: text === 'true' };
    case 'str':
      return { value: text };
    case 'list':
      return parseJSON(
        field,
        text,
        value => Array.isArray(value),
        'a list like ["a", "b"]'
      );
    case 'dict':
      return parseJSON(field, text, isObject, 'an object like {"a": 1}');
    default:
      return { value: looseValue(text) };
  }
}

/** The value of a text, if the field's schema takes it. */
export function checkField(field: IField, text: string): Parsed {
  if (field.schema && !text.trim() && allowsNull(field.schema)) {
    return { value: null };
  }
  const parsed = parseField(field, text);
  if ('error' in parsed || isTemplate(text)) {
    return parsed;
  }
  const refused = refusal(field.schema ?? {}, parsed.value);
  return refused ? { error: `${field.name} ${refused}` } : parsed;
}

/** What a form amounts to. */
export function readForm(fields: readonly IField[], draft: Draft): IFormResult {
  const result: IFormResult = { values: {}, errors: {} };
  for (const field of fields) {
    if (!isChanged(field, draft)) {
      if (needsValue(field)) {
        result.errors[field.name] = `${field.name} needs a value`;
      }
      continue;
    }
    const parsed = checkField(field, textOf(field, draft));
    if ('error' in parsed) {
      result.errors[field.name] = parsed.error;
    } else {
      result.values[field.name] = parsed.value;
    }
  }
  return result;
}

/** The draft that shows values which were given before. */
export function draftOf(fields: readonly IField[], values: JSONObject): Draft {
  const draft: Record<string, string> = {};
  for (const field of fields) {
    const value = values[field.name];
    if (value !== undefined) {
      draft[field.name] =
        typeof value === 'string' && !field.choices
          ? value
          : JSON.stringify(value);
    }
  }
  return draft;
}

/** A Param without a default that must not be null. */
function needsValue({ initial, schema }: IField): boolean {
  return initial === null && schema !== undefined && !allowsNull(schema);
}

/** A schema that names no type takes null. */
function allowsNull({ type, enum: choices }: JSONObject): boolean {
  if (Array.isArray(choices)) {
    return choices.includes(null);
  }
  return type === undefined || [type].flat().includes('null');
}

function typeOf(value: JSONValue): ParameterType {
  if (value === null) {
    return 'none';
  }
  if (Array.isArray(value)) {
    return 'list';
  }
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'string':
      return 'str';
    default:
      return 'dict';
  }
}

function parseJSON(
  field: IField,
  text: string,
  test: (value: JSONValue) => boolean,
  words: string
): Parsed {
  const error = `${field.name} must be ${words}`;
  try {
    const value = JSON.parse(text) as JSONValue;
    return test(value) ? { value } : { error };
  } catch {
    return { error };
  }
}

function isObject(value: JSONValue): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Numbers, lists and the like where the text is JSON, else the text itself. */
function looseValue(text: string): JSONValue {
  if (!text.trim()) {
    return null;
  }
  try {
    return JSON.parse(text) as JSONValue;
  } catch {
    return text;
  }
}
