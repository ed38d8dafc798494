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
  const gained = cellsOn(before, draft.grants, permissions);
  const lost = cellsOn(draft.grants, before, permissions);
  const other = otherChanges(saved, draft, permissions);
  const people = saved?.people ?? 0;
  const s = people === 1 ? 's' : '';
  const parts = [
    gained.length && `gain${s} ${list(gained)}`,
    lost.length && `lose${s} ${list(lost)}`
  ].filter(Boolean);
  const who = whose(people);
  const sentences = [
    parts.length && `${who} ${parts.join(' and ')}`,
    ...other.words
  ].filter(Boolean);
  return {
    changes: cells(gained) + cells(lost) + other.changes,
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

interface IGain {
  dag: string | null;
  titles: string[];
}

/** Abilities that are on in `after` and were not in `before`, by DAG. */
function cellsOn(
  before: readonly IGrant[],
  after: readonly IGrant[],
  { abilities }: IPermissions
): IGain[] {
  return rowsOf(after)
    .map(dag => ({
      dag,
      titles: abilities
        .filter(
          one =>
            stateOf(after, dag, one) === 'on' &&
            stateOf(before, dag, one) !== 'on'
        )
        .map(one => one.title)
    }))
    .filter(one => one.titles.length);
}

function cells(gains: readonly IGain[]): number {
  return gains.reduce((n, one) => n + one.titles.length, 0);
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
  return people === 1 ? 'One person' : `${people} people`;
}

/** "See, Run on churn, Run on etl"; at most three DAGs by name, the rest counted. */
function list(gains: readonly IGain[]): string {
  const named = gains.length > 3 ? gains.slice(0, 2) : gains;
  const words = named.map(
    ({ dag, titles }) => `${titles.join(', ')} on ${dag ?? 'all DAGs'}`
  );
  const rest = gains.length - named.length;
  return words.join(', ') + (rest ? ` and more on ${rest} other rows` : '');
}

function plural(n: number, noun: string): string {
  return noun.endsWith('menu')
    ? `${n} ${n === 1 ? noun : 'pages and menus'}`
    : count(n, noun);
}
