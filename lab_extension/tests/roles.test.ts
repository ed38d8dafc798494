import { describe, expect, it } from 'vitest';

import { effectOf, verdictAfter } from '../src/admin/roles/effect';
import { setAbility } from '../src/admin/roles/matrix';
import {
  matches,
  matchWords,
  patternProblem
} from '../src/admin/roles/pattern';
import { peopleOf, startOf } from '../src/admin/roles/people';
import { account, MENUS, PERMISSIONS, role, SEE } from './security-data';

describe('patterns', () => {
  it('know one wildcard; all else stands for itself', () => {
    expect(matches('sales_*', 'sales_daily')).toBe(true);
    expect(matches('sales_*', 'my_sales_daily')).toBe(false);
    expect(matches('a.c', 'abc')).toBe(false);
    expect(matches('a[1]*', 'a[1]b')).toBe(true);
    expect(matches('*_eu*', 'sales_eu_daily')).toBe(true);
  });

  it('say how many DAGs they match', () => {
    const dags = ['sales_daily', 'sales_hourly', 'etl'];
    expect(matchWords('sales_*', dags)).toBe('2 DAGs match');
    expect(matchWords('e*', dags)).toBe('1 DAG matches');
    expect(matchWords('x*', dags)).toBe('matches no DAG yet');
    expect(matchWords('etl', dags)).toBe('');
    expect(matchWords('elt', dags)).toBe('no such DAG yet');
  });

  it('are refused where they are empty, everything, or taken', () => {
    expect(patternProblem('  ', [null])).toMatch(/Name a DAG/);
    expect(patternProblem('*', [null])).toMatch(/row on top/);
    expect(patternProblem('etl', [null, 'etl'])).toMatch(/row already/);
    expect(patternProblem('sales_*', [null])).toBeNull();
  });
});

describe('the effect of saving a role', () => {
  const saved = role({
    grants: [
      {
        dag: 'etl_orders',
        actions: [...SEE, 'can_edit_code'],
        menus: MENUS
      }
    ]
  });

  it('says who gains and loses what, on which DAG', () => {
    let grants = setAbility(
      saved.grants,
      'etl_orders',
      'edit',
      false,
      PERMISSIONS
    );
    grants = setAbility(grants, 'churn', 'run', true, PERMISSIONS);
    expect(effectOf(saved, { ...saved, grants }, PERMISSIONS)).toEqual({
      changes: 3,
      words: '14 people gain See, Run on churn and lose Edit code on etl_orders'
    });
  });

  it('counts what it cannot name briefly', () => {
    const grants = [
      { dag: null, actions: [...SEE, 'can_conf'], menus: ['Variables'] }
    ];
    const before = role({
      grants: [{ dag: null, actions: SEE, menus: ['Airflow'] }]
    });
    const { words } = effectOf(before, { ...before, grants }, PERMISSIONS);
    expect(words).toBe(
      '1 single permission changed; 2 pages and menus changed'
    );
  });

  it('names the groups that bring and no longer bring it', () => {
    const before = role({ ldap_groups: ['cn=old'] });
    const { changes, words } = effectOf(
      before,
      { ...before, ldap_groups: ['cn=new'] },
      PERMISSIONS
    );
    expect(changes).toBe(2);
    expect(words).toBe(
      'members of cn=new get this role; members of cn=old lose this role'
    );
  });
});

describe('a person checked against a draft', () => {
  const saved = role();
  const grants = setAbility([], 'sales_*', 'run', true, PERMISSIONS);
  const draft = { ...saved, grants };
  const verdict = {
    ability: 'run',
    title: 'Run',
    allowed: false,
    through: []
  };

  it('gains what the draft grants on that DAG', () => {
    const after = (dagId: string | null): boolean =>
      verdictAfter(verdict, dagId, saved, draft, PERMISSIONS);
    expect(after('sales_daily')).toBe(true);
    expect(after('etl')).toBe(false);
    expect(after(null)).toBe(false);
  });

  it('keeps what another role allows', () => {
    const allowed = { ...verdict, allowed: true };
    const after = (through: string[]): boolean =>
      verdictAfter({ ...allowed, through }, 'etl', saved, draft, PERMISSIONS);
    expect(after(['Sales'])).toBe(false);
    expect(after(['Sales', 'User'])).toBe(true);
  });
});

describe('people and roles', () => {
  it('have a role by assignment, through groups, or both', () => {
    const group = { role: 'Sales', group: 'cn=sales' };
    const people = [
      account({ name: 'a' }),
      account({ name: 'b', roles: [], group_roles: [group] }),
      account({ name: 'c', roles: ['Viewer'] })
    ];
    expect(
      peopleOf(role(), people).map(one => [one.account.name, one.groups])
    ).toEqual([
      ['a', []],
      ['b', ['cn=sales']]
    ]);
  });

  it('start from the largest default role that they contain', () => {
    const base = (name: string, actions: string[]) =>
      role({
        name,
        is_default: true,
        grants: [{ dag: null, actions, menus: MENUS }]
      });
    const roles = [
      base('Admin', []),
      base('Viewer', SEE),
      base('User', [...SEE, 'can_run']),
      role({ name: 'Public', is_default: true })
    ];
    const own = role({
      grants: [
        { dag: null, actions: [...SEE, 'can_edit_code'], menus: MENUS },
        { dag: 'a', actions: ['can_run'], menus: MENUS }
      ]
    });
    expect(startOf(own, roles)).toBe('Viewer');
    expect(startOf(role(), roles)).toBe('');
  });
});
