import { describe, expect, it } from 'vitest';

import { passwordProblems } from '../src/account/password-form';
import { EMPTY_FORM, isFiltered, queryOf } from '../src/admin/audit/filter';
import { differences, eventWords, objectWords } from '../src/admin/audit/words';
import {
  edited,
  effectWords,
  grouped,
  GROUPS,
  valueOf,
  warningsOf,
  withoutName
} from '../src/admin/ldap/form';
import {
  emptyUser,
  formOf,
  newAccount,
  patchOf,
  problemsOf
} from '../src/admin/users/user-form';
import { account, entry, option } from './security-data';

describe('the user dialog', () => {
  it('asks for a name that can be one, and a first password', () => {
    expect(Object.keys(problemsOf(emptyUser(), true))).toEqual([
      'name',
      'password'
    ]);
    const odd = { ...emptyUser(), name: 'a/b', password: 'x', email: 'mail' };
    expect(Object.keys(problemsOf(odd, true))).toEqual(['name', 'email']);
    const good = { ...emptyUser(), name: ' Marta ', password: 'x' };
    expect(problemsOf(good, true)).toEqual({});
    expect(newAccount(good)).toMatchObject({
      name: 'Marta',
      roles: ['Viewer'],
      must_change_password: true
    });
    const ldap = { ...good, origin: 'ldap' as const, password: 'left over' };
    expect(problemsOf({ ...ldap, password: '' }, true)).toEqual({});
    expect(newAccount(ldap)).toMatchObject({ origin: 'ldap', password: '' });
  });

  it('sends what was changed only', () => {
    const marta = account({ roles: ['Sales', 'Viewer'] });
    const form = formOf(marta);
    expect(patchOf(marta, form)).toEqual({});
    expect(
      patchOf(marta, { ...form, email: 'm@x.io', roles: ['Viewer', 'Sales'] })
    ).toEqual({ email: 'm@x.io' });
    expect(patchOf(marta, { ...form, roles: ['Viewer'] })).toEqual({
      roles: ['Viewer']
    });
  });
});

it('the own password is asked for twice', () => {
  expect(
    Object.keys(passwordProblems({ old: '', password: 'a', again: 'b' }))
  ).toEqual(['old_password', 'again']);
  expect(passwordProblems({ old: 'o', password: 'a', again: 'a' })).toEqual({});
});

describe('the LDAP form', () => {
  const names = GROUPS.flatMap(([, group]) => group);

  it('groups the 22 settings of the manual, each once', () => {
    expect(new Set(names).size).toBe(22);
    const all = [...names, 'AUTH_LDAP_NEW'].map(name => option(name));
    const groups = grouped(all);
    expect(groups.map(group => group.title)).toEqual([
      ...['Connection', 'Search', 'Direct bind', 'Certificates', 'Names'],
      ...['Registration', 'Further']
    ]);
  });

  it('an edit back to what is saved is none, but of a secret it is one', () => {
    const server = option('AUTH_LDAP_SERVER', { value: 'ldap://a' });
    const draft = edited({}, server, 'ldap://b');
    expect(valueOf(server, draft)).toBe('ldap://b');
    expect(edited(draft, server, 'ldap://a')).toEqual({});
    const secret = option('AUTH_LDAP_BIND_PASSWORD', {
      value: null,
      is_secret: true
    });
    expect(edited({}, secret, null)).toEqual({ AUTH_LDAP_BIND_PASSWORD: null });
  });

  it('warns of what is weak, as it would be after saving', () => {
    const options = [
      option('AUTH_LDAP_SERVER', { value: 'ldap://a' }),
      option('AUTH_LDAP_USE_TLS', { value: false, kind: 'bool' }),
      option('AUTH_LDAP_ALLOW_SELF_SIGNED', { value: true, kind: 'bool' }),
      option('AUTH_LDAP_TLS_DEMAND', { value: false, kind: 'bool' }),
      option('AUTH_USER_REGISTRATION', { value: true, kind: 'bool' }),
      option('AUTH_USER_REGISTRATION_ROLE', { value: 'Viewer' })
    ];
    expect(Object.keys(warningsOf(options, {}))).toEqual([
      'AUTH_LDAP_USE_TLS',
      'AUTH_LDAP_ALLOW_SELF_SIGNED'
    ]);
    const draft = {
      AUTH_LDAP_SERVER: 'ldaps://a',
      AUTH_LDAP_TLS_DEMAND: true,
      AUTH_USER_REGISTRATION_ROLE: 'Admin'
    };
    expect(Object.keys(warningsOf(options, draft))).toEqual([
      'AUTH_USER_REGISTRATION_ROLE'
    ]);
  });

  it('says what saving does, and errors without the name beside them', () => {
    const type = option('AUTH_TYPE', { value: 'AUTH_DB' });
    expect(effectWords(false, [type], { AUTH_TYPE: 'AUTH_LDAP' })).toMatch(
      /can log in from now on/
    );
    expect(effectWords(true, [type], { AUTH_TYPE: 'AUTH_DB' })).toMatch(
      /no longer log in/
    );
    expect(
      withoutName('AUTH_LDAP_SEARCH', 'AUTH_LDAP_SEARCH: this is no DN.')
    ).toBe('This is no DN.');
  });
});

describe('the audit log', () => {
  it('asks for what is filled in', () => {
    const now = new Date('2026-11-23T12:00:00Z');
    expect(queryOf(EMPTY_FORM, now)).toEqual({});
    expect(isFiltered(EMPTY_FORM)).toBe(false);
    const form = {
      ...EMPTY_FORM,
      user: ' marta ',
      verdict: 'refused' as const,
      period: 'day' as const
    };
    expect(isFiltered(form)).toBe(true);
    expect(queryOf(form, now)).toEqual({
      user: 'marta',
      allowed: false,
      after: '2026-11-22T12:00:00.000Z'
    });
  });

  it('says what was done to what', () => {
    expect(eventWords('trigger_dag_run')).toBe('Triggered a run');
    expect(eventWords('some_new_event')).toBe('Some new event');
    expect(objectWords(entry({ dag_id: 'sales', run_id: 'r1' }))).toBe(
      'sales, r1'
    );
    expect(objectWords(entry({ extra: { account: 'marta' } }))).toBe('marta');
    expect(objectWords(entry({ extra: { body: { name: 'Sales' } } }))).toBe(
      'Sales'
    );
    expect(objectWords(entry())).toBe('');
  });

  it('shows the fields that differ', () => {
    const before = { email: 'a@x', is_active: true };
    const after = { email: 'b@x', is_active: true, roles: ['Op'] };
    expect(differences(entry({ before, after }))).toEqual([
      { name: 'email', before: 'a@x', after: 'b@x' },
      { name: 'roles', before: '', after: 'Op' }
    ]);
    expect(differences(entry({ before: 'x', after: 'y' }))).toEqual([
      { name: 'value', before: 'x', after: 'y' }
    ]);
    expect(differences(entry())).toEqual([]);
  });
});
