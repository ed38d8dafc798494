/** What saving a role changes, in words. Pure. */
import type {
  IGrant,
  INewRole,
  IPermissions,
  IRole,
  IVerdict
} from '../../api/security-types';
import { count } from '../../words/time';
import { rowsOf, stateOf } from './matrix';
import { matches } from './pattern';

export interface IEffect {
  /** How many things differ. */
  changes: number;
  /** "14 people gain Run on churn_report and lose Edit code on etl_orders". */
  words: string;
}

/** The effect of saving `draft` over `saved` (null = the role is new). */
export function effectOf(
  saved: IRole | null,
  draft: INewRole,
  permissions: IPermissions
): IEffect {
  const before = saved?.grants ?? [];
  const gained = changedCells(before, draft.grants, permissions);
  const lost = changedCells(draft.grants, before, permissions);
  const other = otherChanges(saved, draft, permissions);
  const parts = [
    gained.length && `gain ${list(gained)}`,
    lost.length && `lose ${list(lost)}`
  ].filter(Boolean);
  const who = whose(saved?.people ?? 0);
  const sentences = [
    parts.length && `${who} ${parts.join(' and ')}`,
    ...other.words
  ].filter(Boolean);
  return {
    changes: gained.length + lost.length + other.changes,
    words: sentences.join('; ')
  };
}

/** What a person can do after the role is saved, where that differs from now. */
export function verdictAfter(
  verdict: IVerdict,
  dagId: string | null,
  role: IRole,
  draft: INewRole,
  permissions: IPermissions
): boolean {
  const ability = permissions.abilities.find(
    one => one.name === verdict.ability
  );
  if (!ability) {
    return verdict.allowed;
  }
  const covers = (grants: readonly IGrant[]): boolean =>
    rowsOf(grants).some(
      dag =>
        (dag === null || (dagId !== null && matches(dag, dagId))) &&
        stateOf(grants, dag, ability) === 'on'
    );
  if (covers(draft.grants)) {
    return true;
  }
  return verdict.through.some(name => name !== role.name);
}

/** Abilities that are on in `after` and were not in `before`, each with its DAG. */
function changedCells(
  before: readonly IGrant[],
  after: readonly IGrant[],
  { abilities }: IPermissions
): string[] {
  return rowsOf(after).flatMap(dag =>
    abilities
      .filter(
        one =>
          stateOf(after, dag, one) === 'on' &&
          stateOf(before, dag, one) !== 'on'
      )
      .map(one => `${one.title} on ${dag ?? 'all DAGs'}`)
  );
}

interface IOther {
  changes: number;
  words: string[];
}

/** Changes beside the table's cells: single permissions, menus, groups, name, description. */
function otherChanges(
  saved: IRole | null,
  draft: INewRole,
  permissions: IPermissions
): IOther {
  const before = saved?.grants ?? [];
  const words: string[] = [];
  const pairs: [number, string][] = [
    [singles(before, draft.grants, permissions), 'single permission'],
    [menuChanges(before, draft.grants, permissions), 'page or menu']
  ];
  for (const [n, noun] of pairs) {
    if (n) {
      words.push(`${plural(n, noun)} changed`);
    }
  }
  const old = saved?.ldap_groups ?? [];
  const added = draft.ldap_groups.filter(one => !old.includes(one));
  const gone = old.filter(one => !draft.ldap_groups.includes(one));
  added.forEach(one => words.push(`members of ${one} get this role`));
  gone.forEach(one => words.push(`members of ${one} lose this role`));
  let changes = pairs[0][0] + pairs[1][0] + added.length + gone.length;
  if (saved && saved.name !== draft.name) {
    changes += 1;
    words.push(`the role is called ${draft.name}`);
  }
  if (saved && saved.description !== draft.description) {
    changes += 1;
    words.push('the description changes');
  }
  return { changes, words };
}

/** How many single permissions differ that no cell of the table shows. */
function singles(
  before: readonly IGrant[],
  after: readonly IGrant[],
  { abilities }: IPermissions
): number {
  const rows = new Set([...rowsOf(before), ...rowsOf(after)]);
  let n = 0;
  for (const dag of rows) {
    const shown = new Set(
      abilities
        .filter(
          one =>
            (stateOf(before, dag, one) === 'on') !==
            (stateOf(after, dag, one) === 'on')
        )
        .flatMap(one => one.actions)
    );
    const [old, now] = [
      held(before, dag, 'actions'),
      held(after, dag, 'actions')
    ];
    n += difference(old, now).filter(one => !shown.has(one)).length;
  }
  return n;
}

/** How many view menus differ, of patterns that both have; a new row brings its menus along. */
function menuChanges(
  before: readonly IGrant[],
  after: readonly IGrant[],
  permissions: IPermissions
): number {
  const usual = new Set(
    permissions.menus
      .filter(menu => menu.role === 'Viewer')
      .map(menu => menu.name)
  );
  let n = 0;
  for (const dag of new Set([...rowsOf(before), ...rowsOf(after)])) {
    const [old, now] = [held(before, dag, 'menus'), held(after, dag, 'menus')];
    const isNew = !old.size || !now.size;
    n += difference(old, now).filter(one => !isNew || !usual.has(one)).length;
  }
  return n;
}

function held(
  grants: readonly IGrant[],
  dag: string | null,
  what: 'actions' | 'menus'
): Set<string> {
  const mine = grants.filter(
    grant => grant.dag === dag && grant.actions.length
  );
  return new Set(mine.flatMap(grant => grant[what]));
}

function difference(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  return [
    ...[...a].filter(one => !b.has(one)),
    ...[...b].filter(one => !a.has(one))
  ];
}

function whose(people: number): string {
  if (!people) {
    return 'People with this role';
  }
  return people === 1 ? 'One person: ' : `${people} people`;
}

/** At most three by name, the rest counted. */
function list(cells: readonly string[]): string {
  if (cells.length <= 3) {
    return cells.join(', ');
  }
  return `${cells.slice(0, 2).join(', ')} and ${cells.length - 2} more`;
}

function plural(n: number, noun: string): string {
  return noun.endsWith('menu')
    ? `${n} ${n === 1 ? noun : 'pages and menus'}`
    : count(n, noun);
}
