import { describe, expect, it } from 'vitest';

import type { IGrant } from '../src/api/security-types';
import {
  addRow,
  cellOf,
  compact,
  fingerprint,
  removeRow,
  rowsOf,
  setAbility,
  startFrom,
  stateOf
} from '../src/admin/roles/matrix';
import { MENUS, PERMISSIONS, SEE } from './security-data';

const [see, run, edit] = PERMISSIONS.abilities;
const ALL_SEEN: IGrant[] = [{ dag: null, actions: SEE, menus: MENUS }];

describe('the rows of the matrix', () => {
  it('begin with all DAGs, and name each pattern once', () => {
    const grants = [
      { dag: 'sales_*', actions: SEE, menus: MENUS },
      { dag: 'sales_*', actions: ['can_trigger'], menus: MENUS }
    ];
    expect(rowsOf(grants)).toEqual([null, 'sales_*']);
  });

  it('a new one starts with See, unless all DAGs are seen anyway', () => {
    const added = addRow([], 'sales_*', PERMISSIONS);
    expect(stateOf(added, 'sales_*', see)).toBe('on');
    expect(added[0].menus).toEqual(MENUS);
    const under = addRow(ALL_SEEN, 'sales_*', PERMISSIONS);
    expect(stateOf(under, 'sales_*', see)).toBe('off');
    expect(removeRow(under, 'sales_*')).toEqual(ALL_SEEN);
  });
});

describe('a cell', () => {
  it('is on, in part, or off', () => {
    const grants = [{ dag: 'a', actions: ['can_run'], menus: MENUS }];
    expect(stateOf(grants, 'a', run)).toBe('some');
    expect(stateOf(grants, 'a', edit)).toBe('off');
    expect(stateOf(grants, null, run)).toBe('off');
  });

  it('is inherited from all DAGs, and changed against what is saved', () => {
    const draft = setAbility(ALL_SEEN, 'a', 'run', true, PERMISSIONS);
    expect(cellOf(draft, ALL_SEEN, 'a', see)).toEqual({
      state: 'off',
      isInherited: true,
      isChanged: false
    });
    expect(cellOf(draft, ALL_SEEN, 'a', run)).toEqual({
      state: 'on',
      isInherited: false,
      isChanged: true
    });
  });
});

describe('granting and taking', () => {
  it('an ability brings See where the DAG is not seen yet', () => {
    const grants = setAbility([], 'a', 'run', true, PERMISSIONS);
    expect(stateOf(grants, 'a', see)).toBe('on');
    expect(stateOf(grants, 'a', run)).toBe('on');
  });

  it('taking See takes all that needs it, of this row only', () => {
    const both = [
      ...setAbility([], 'a', 'run', true, PERMISSIONS),
      ...setAbility([], 'b', 'run', true, PERMISSIONS)
    ];
    const less = setAbility(both, 'a', 'see', false, PERMISSIONS);
    expect(stateOf(less, 'a', run)).toBe('off');
    expect(stateOf(less, 'b', run)).toBe('on');
  });

  it('keeps permissions that no column shows', () => {
    const grants = [{ dag: null, actions: [...SEE, 'can_conf'], menus: MENUS }];
    const more = setAbility(grants, null, 'edit', true, PERMISSIONS);
    const back = setAbility(more, null, 'edit', false, PERMISSIONS);
    expect(fingerprint(back)).toBe(fingerprint(grants));
  });

  it('goes to the widest grant of a row that has several', () => {
    const grants = [
      { dag: null, actions: ['can_conf'], menus: ['Variables'] },
      { dag: null, actions: SEE, menus: MENUS }
    ];
    const more = setAbility(grants, null, 'edit', true, PERMISSIONS);
    expect(more[0]).toEqual(grants[0]);
    expect(more[1].actions).toContain('can_edit_code');
  });

  it('starting from a default role replaces what all DAGs grant', () => {
    const grants = addRow([], 'a', PERMISSIONS);
    expect(rowsOf(startFrom(grants, ALL_SEEN))).toEqual([null, 'a']);
    expect(stateOf(startFrom(grants, ALL_SEEN), null, see)).toBe('on');
    expect(stateOf(startFrom(ALL_SEEN, []), null, see)).toBe('off');
  });
});

it('what grants nothing is not saved, and order does not matter', () => {
  const empty = { dag: 'a', actions: [], menus: MENUS };
  expect(compact([empty, ...ALL_SEEN])).toEqual(ALL_SEEN);
  const turned = [
    { dag: null, actions: [...SEE].reverse(), menus: [...MENUS].reverse() }
  ];
  expect(fingerprint([empty, ...turned])).toBe(fingerprint(ALL_SEEN));
});
