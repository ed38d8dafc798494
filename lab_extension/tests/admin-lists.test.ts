import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import {
  connectionOf,
  fieldsOf as connectionFields,
  problemsOf as connectionProblems,
  typeWords,
  valuesOf as connectionValues
} from '../src/admin/connections/connection-form';
import { settingsOf } from '../src/admin/configuration/settings';
import { ListModel } from '../src/admin/list/list-model';
import {
  poolOf,
  problemsOf as poolProblems,
  sharesOf,
  valuesOf as poolValues
} from '../src/admin/pools/pool-form';
import {
  changesOf,
  fieldsOf,
  isHidden,
  problemsOf,
  readFile,
  reportWords,
  valuesOf,
  variableOf
} from '../src/admin/variables/variable-form';
import type {
  IConnection,
  IListQuery,
  IPool,
  ISetting
} from '../src/api/admin-types';

const SECRET = { key: 'db_password', value: '***', description: null };

describe('the variable dialog', () => {
  it('asks for a key', () => {
    expect(problemsOf(valuesOf(null))).toHaveProperty('key');
    expect(problemsOf({ ...valuesOf(null), key: 'region' })).toEqual({});
  });

  it('leaves a hidden value as it is unless something is typed', () => {
    expect(isHidden(SECRET)).toBe(true);
    const values = valuesOf(SECRET);
    expect(values.value).toBe('');
    expect(changesOf(SECRET, { ...values, description: 'x' })).toEqual([
      'description'
    ]);
    expect(changesOf(SECRET, { ...values, value: 'new' })).toEqual(['value']);
    expect(fieldsOf(SECRET)[1].placeholder).toContain('replaces');
  });

  it('empties a value that was shown', () => {
    const region = { key: 'region', value: 'eu', description: 'where' };
    const values = { ...valuesOf(region), value: '', description: ' ' };
    expect(changesOf(region, values)).toEqual(['value', 'description']);
    expect(variableOf(values)).toEqual({
      key: 'region',
      value: '',
      description: null
    });
  });
});

describe('a file of variables', () => {
  it('holds one JSON object', () => {
    expect(readFile('{"a": [1]}')).toEqual({ a: [1] });
    expect(() => readFile('[1]')).toThrow('one JSON object');
    expect(() => readFile('{')).toThrow('no JSON');
  });

  it('is reported by what came of it', () => {
    const report = { created: ['a', 'b'], changed: ['c'], kept: [] };
    expect(reportWords(report)).toBe(
      '2 variables new, 1 changed, 0 as they were.'
    );
  });
});

const DB: IConnection = {
  id: 3,
  sharing: 1,
  connection_id: 'db',
  conn_type: 'postgres',
  description: null,
  host: 'h',
  login: null,
  schema: null,
  port: 5432,
  password: '***',
  extra: '{"token": "***"}'
};

describe('the connection dialog', () => {
  it('keeps the stored password unless it is replaced or removed', () => {
    const values = connectionValues(DB);
    expect(values.password).toBe('');
    expect(connectionOf(values, DB)).toMatchObject({
      password: '***',
      port: 5432,
      extra: '{"token": "***"}'
    });
    const replaced = connectionOf({ ...values, password: 'new' }, DB);
    expect(replaced.password).toBe('new');
    const removed = connectionOf({ ...values, no_password: true }, DB);
    expect(removed.password).toBeNull();
    expect(connectionOf(values, null).password).toBeNull();
  });

  it('says what cannot be', () => {
    const values = connectionValues(null);
    expect(Object.keys(connectionProblems(values))).toEqual(['connection_id']);
    const odd = { connection_id: 'a b', port: '70000', extra: '[1]' };
    expect(Object.keys(connectionProblems({ ...values, ...odd }))).toEqual([
      'connection_id',
      'port',
      'extra'
    ]);
    expect(connectionProblems(connectionValues(DB))).toEqual({});
  });

  it('offers a type that it does not know', () => {
    const values = { ...connectionValues(DB), conn_type: 'odd' };
    const type = connectionFields(DB, values).find(
      one => one.name === 'conn_type'
    );
    expect(type?.options?.[0]).toEqual(['odd', 'odd']);
    expect([typeWords('postgres'), typeWords('odd')]).toEqual([
      'PostgreSQL',
      'odd'
    ]);
  });
});

const POOL: IPool = {
  name: 'small',
  slots: 10,
  description: null,
  include_deferred: false,
  occupied_slots: 4,
  running_slots: 3,
  queued_slots: 1,
  scheduled_slots: 2,
  deferred_slots: 5,
  open_slots: 6
};

describe('a pool', () => {
  it('shows the shares of those that hold its slots', () => {
    expect(sharesOf(POOL)).toEqual([
      { state: 'running', slots: 3, percent: 30 },
      { state: 'queued', slots: 1, percent: 10 }
    ]);
    const states = sharesOf({ ...POOL, include_deferred: true });
    expect(states.map(one => one.state)).toContain('deferred');
    expect(sharesOf({ ...POOL, slots: -1 })[0].percent).toBe(75);
    expect(
      sharesOf({ ...POOL, slots: 0, running_slots: 0, queued_slots: 0 })
    ).toEqual([]);
  });

  it('is asked for slots unless it has no limit', () => {
    const values = { ...poolValues(null), name: 'p', slots: '-3' };
    expect(poolProblems(values)).toHaveProperty('slots');
    expect(poolProblems({ ...values, unlimited: true })).toEqual({});
    expect(poolOf({ ...values, unlimited: true }).slots).toBe(-1);
    expect(poolValues({ ...POOL, slots: -1 })).toMatchObject({
      unlimited: true
    });
  });
});

it('settings are found by name and meaning, and kept by section', () => {
  const one = (section: string, key: string, help: string): ISetting => ({
    section,
    key,
    help,
    value: '',
    default: '',
    source: 'default'
  });
  const all = [
    one('api', 'expose_config', 'Whether'),
    one('core', 'slots', 'How many attempts'),
    one('core', 'home', 'The folder')
  ];
  expect(
    settingsOf(all, '').map(([name, list]) => [name, list.length])
  ).toEqual([
    ['api', 1],
    ['core', 2]
  ]);
  expect(settingsOf(all, 'ATTEMPTS')).toEqual([['core', [all[1]]]]);
});

describe('a list', () => {
  beforeAll(() => void vi.stubGlobal('window', globalThis));
  afterAll(() => void vi.unstubAllGlobals());

  it('asks for the page, order and filter that are wanted', async () => {
    const asked: IListQuery[] = [];
    const model = new ListModel<number>(query => {
      asked.push(query);
      return Promise.resolve({ rows: [query.offset], total: 120 });
    }, 'key');
    await Promise.resolve();
    model.orderBy('key');
    model.setOffset(50);
    await model.refresh();
    expect(asked.at(-1)).toMatchObject({ order_by: '-key', offset: 50 });
    expect([model.rows, model.total]).toEqual([[50], 120]);
    model.setSearch(' a ');
    await model.refresh();
    expect(asked.at(-1)).toMatchObject({ search: 'a', offset: 0 });
    model.dispose();
  });

  it('leaves an answer that is overtaken, and keeps the last rows on errors', async () => {
    const answers: ((rows: number[]) => void)[] = [];
    let fails = false;
    const model = new ListModel<number>(
      () =>
        fails
          ? Promise.reject(new Error('No answer.'))
          : new Promise(resolve =>
              answers.push(rows => resolve({ rows, total: rows.length }))
            ),
      'key'
    );
    const second = model.refresh();
    answers[1]([2]);
    await second;
    answers[0]([1]);
    await Promise.resolve();
    expect(model.rows).toEqual([2]);
    fails = true;
    await model.refresh();
    expect([model.rows, model.error]).toEqual([[2], 'No answer.']);
  });
});
