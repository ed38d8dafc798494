import { describe, expect, it } from 'vitest';

import { maySchedule, submenus } from '../src/menu/entries';
import { person } from './security-data';

const labels = (me: Parameters<typeof submenus>[0], hub = true): string[] =>
  submenus(me, hub).map(submenu => submenu?.label ?? '-');

const pagesOf = (me: Parameters<typeof submenus>[0]): string[] =>
  submenus(me, true).flatMap(submenu =>
    (submenu?.entries ?? []).flatMap(entry => entry?.args?.page ?? [])
  );

describe('the Workflow menu', () => {
  it('of an Admin has all pages', () => {
    const admin = person({
      is_admin: true,
      rights: ['can_list', 'can_edit_code', 'can_notebook', 'can_trigger']
    });
    expect(labels(admin)).toEqual([
      ...['DAGs', 'Browse', 'Admin', 'Developer', 'Security', 'About'],
      ...['-', 'Marta Gil']
    ]);
    expect(pagesOf(admin)).toEqual(['audit', 'ldap', 'users', 'roles']);
  });

  it('of a Viewer has no Security, Admin or Developer', () => {
    const viewer = person({});
    expect(labels(viewer)).toEqual([
      'DAGs',
      'Browse',
      'About',
      '-',
      'Marta Gil'
    ]);
    const commands = submenus(viewer, true)[0]?.entries.map(
      entry => entry?.command
    );
    expect(commands).toEqual(['couture:open-panel', 'couture:open-dag']);
  });

  it('of somebody without the menu of logs has no audit logs', () => {
    expect(pagesOf(person({ menus: [] }))).toEqual([]);
  });

  it('of somebody alone has no accounts', () => {
    const alone = person({ is_admin: true, origin: 'solo' });
    expect(labels(alone, false)).toEqual(['DAGs', 'Browse', 'About']);
  });

  it('offers the own password only where it is kept here, the Hub only under one', () => {
    const mine = (me: Parameters<typeof submenus>[0], hub: boolean) =>
      submenus(me, hub)
        .at(-1)
        ?.entries.map(entry => entry?.command);
    const ldap = person({ origin: 'ldap', can_change_password: false });
    expect(mine(ldap, true)).toEqual([
      'couture:my-roles',
      undefined,
      'couture:access-tokens',
      'couture:log-out'
    ]);
    expect(mine(person({}), false)).toEqual([
      'couture:my-roles',
      undefined,
      'couture:change-password'
    ]);
  });
});

it('scheduling needs notebooks and code', () => {
  expect(maySchedule(person({ rights: ['can_notebook'] }))).toBe(false);
  const both = person({ rights: ['can_notebook', 'can_edit_code'] });
  expect(maySchedule(both)).toBe(true);
});
