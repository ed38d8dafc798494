import type { JSONObject } from '@lumino/coreutils';
import { describe, expect, it } from 'vitest';

import type { ParameterType } from '../src/api/types';
import {
  checkField,
  dagField,
  draftOf,
  type IField,
  initialText,
  parseField,
  readForm
} from '../src/params/fields';

function field(type: ParameterType, initial: IField['initial'] = null): IField {
  return {
    name: 'n',
    type,
    initial,
    source: null,
    comment: null,
    choices: null
  };
}

describe('values', () => {
  it.each([
    ['int', '42', 42],
    ['int', ' -3 ', -3],
    ['float', '0.35', 0.35],
    ['float', '1e3', 1000],
    ['str', '42', '42'],
    ['bool', 'true', true],
    ['list', '["new", 1]', ['new', 1]],
    ['dict', '{"a": 1}', { a: 1 }],
    ['none', '', null],
    ['none', '7', 7],
    ['expression', 'as typed', 'as typed'],
    ['int', '{{ ds }}', '{{ ds }}']
  ] as const)('%s: %s', (type, text, value) => {
    expect(parseField(field(type), text)).toEqual({ value });
  });

  it.each([
    ['int', '3.5', 'n must be a whole number'],
    ['int', '', 'n must be a whole number'],
    ['float', 'much', 'n must be a number'],
    ['list', '{"a": 1}', 'n must be a list like ["a", "b"]'],
    ['dict', '[1]', 'n must be an object like {"a": 1}']
  ] as const)('%s: %s is refused', (type, text, error) => {
    expect(parseField(field(type), text)).toEqual({ error });
  });
});

describe('a form', () => {
  const fields = [
    { ...field('int', 3), name: 'rows' },
    { ...field('str', 'EMEA'), name: 'region' }
  ];

  it('sends only what differs from the defaults', () => {
    expect(readForm(fields, { rows: '3', region: 'APAC' })).toEqual({
      values: { region: 'APAC' },
      errors: {}
    });
  });

  it('says what is wrong with which field', () => {
    const { values, errors } = readForm(fields, { rows: 'x' });
    expect(values).toEqual({});
    expect(errors).toEqual({ rows: 'rows must be a whole number' });
  });

  it('shows values that were given before', () => {
    expect(draftOf(fields, { rows: 5, region: 'APAC', gone: 1 })).toEqual({
      rows: '5',
      region: 'APAC'
    });
  });

  it('an expression starts empty: its default is computed by the notebook', () => {
    expect(initialText(field('expression'))).toBe('');
  });
});

describe('parameters of a DAG', () => {
  it('take their type from the schema, and from the value without one', () => {
    const param = (schema: object, value: IField['initial']) =>
      dagField('n', { schema: { ...schema }, value, description: null });
    expect(param({ type: 'integer' }, 3).type).toBe('int');
    expect(param({ type: ['null', 'string'] }, null).type).toBe('str');
    expect(param({}, 0.5).type).toBe('float');
    expect(param({}, { a: 1 }).type).toBe('dict');
  });

  it('with an enum are chosen, and keep the type of the choice', () => {
    const choice = dagField('n', {
      schema: { enum: [1, 'b'] },
      value: 1,
      description: null
    });
    expect(initialText(choice)).toBe('1');
    expect(parseField(choice, '"b"')).toEqual({ value: 'b' });
  });
});

describe("a Param's schema", () => {
  it.each([
    [{ type: 'integer', minimum: 1 }, '0', 'p must be at least 1'],
    [{ type: 'integer', maximum: 9 }, '10', 'p must be at most 9'],
    [{ type: 'number', exclusiveMinimum: 0 }, '0', 'p must be more than 0'],
    [{ type: 'number', exclusiveMaximum: 1 }, '1', 'p must be less than 1'],
    [
      { type: 'number', multipleOf: 0.1 },
      '0.25',
      'p must be a multiple of 0.1'
    ],
    [
      { type: 'string', minLength: 2 },
      'é',
      'p must have at least 2 characters'
    ],
    [{ type: 'string', maxLength: 1 }, 'ab', 'p must have at most 1 character'],
    [{ type: 'string', pattern: '^[a-z]+$' }, 'A1', 'p must match ^[a-z]+$'],
    [{ type: 'array', minItems: 1 }, '[]', 'p must have at least 1 entry'],
    [{ type: 'array', maxItems: 2 }, '[1,2,3]', 'p must have at most 2 entries']
  ])('%j refuses %s', (schema, text, error) => {
    expect(checkField(param(schema), text)).toEqual({ error });
  });

  it.each([
    [{ type: 'integer', minimum: 1 }, '1', 1],
    [{ type: 'number', multipleOf: 0.1 }, '0.3', 0.3],
    [{ type: 'string', maxLength: 1 }, '😀', '😀'],
    [
      { type: 'string', pattern: '(?P<year>\\d+)' },
      'only Python',
      'only Python'
    ],
    [{ type: ['null', 'integer'] }, ' ', null],
    [{ type: 'integer', minimum: 1 }, '{{ ds_nodash }}', '{{ ds_nodash }}']
  ])('%j takes %s', (schema, text, value) => {
    expect(checkField(param(schema), text)).toEqual({ value });
  });

  it('asks for a value where there is no default and null is not allowed', () => {
    const read = (schema: JSONObject) => readForm([param(schema)], {}).errors;
    expect(read({ type: 'string' })).toEqual({ p: 'p needs a value' });
    expect(read({ type: ['string', 'null'] })).toEqual({});
    expect(read({})).toEqual({});
  });
});

function param(schema: JSONObject): IField {
  return dagField('p', { schema, value: null, description: null });
}
