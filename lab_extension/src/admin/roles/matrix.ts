/** What a role grants, as a table of abilities by DAG patterns. Pure. */
import type { IAbility, IGrant, IPermissions } from '../../api/security-types';

/** All of an ability's permissions are granted, some, or none. */
export type CellState = 'on' | 'some' | 'off';

export interface ICell {
  state: CellState;
  /** Granted on all DAGs anyway. */
  isInherited: boolean;
  /** Differs from what is saved. */
  isChanged: boolean;
}

/** Without it nothing else can be used: the others bring it along. */
const SEE = 'see';

/** The patterns of a role, all DAGs (null) first. */
export function rowsOf(grants: readonly IGrant[]): (string | null)[] {
  const named = grants.flatMap(grant => (grant.dag === null ? [] : grant.dag));
  return [null, ...new Set(named)];
}

export function cellOf(
  draft: readonly IGrant[],
  saved: readonly IGrant[],
  dag: string | null,
  ability: IAbility
): ICell {
  const own = stateOf(draft, dag, ability);
  return {
    state: own,
    isInherited: dag !== null && stateOf(draft, null, ability) === 'on',
    isChanged: own !== stateOf(saved, dag, ability)
  };
}

/** What is granted for exactly this pattern. */
export function stateOf(
  grants: readonly IGrant[],
  dag: string | null,
  ability: IAbility
): CellState {
  const held = new Set(
    grants.filter(grant => grant.dag === dag).flatMap(grant => grant.actions)
  );
  const n = ability.actions.filter(action => held.has(action)).length;
  return n === 0 ? 'off' : n === ability.actions.length ? 'on' : 'some';
}

/** Grant or take an ability; one that needs See brings it, and goes with it. */
export function setAbility(
  grants: readonly IGrant[],
  dag: string | null,
  name: string,
  isOn: boolean,
  permissions: IPermissions
): IGrant[] {
  const { abilities } = permissions;
  const find = (wanted: string): string[] =>
    abilities.find(one => one.name === wanted)?.actions ?? [];
  if (isOn) {
    const sees = abilities.some(
      one =>
        one.name === SEE &&
        (stateOf(grants, dag, one) === 'on' ||
          stateOf(grants, null, one) === 'on')
    );
    const actions = [...find(name), ...(sees ? [] : find(SEE))];
    return addActions(grants, dag, actions, permissions);
  }
  const gone =
    name === SEE ? abilities.flatMap(one => one.actions) : find(name);
  return removeActions(grants, dag, new Set(gone));
}

/** A further row; it starts with See unless all DAGs are seen anyway. */
export function addRow(
  grants: readonly IGrant[],
  dag: string,
  permissions: IPermissions
): IGrant[] {
  const see = permissions.abilities.find(one => one.name === SEE);
  const seen = see !== undefined && stateOf(grants, null, see) === 'on';
  const actions = seen || !see ? [] : see.actions;
  return [...grants, { dag, actions, menus: menusOfDags(permissions) }];
}

export function removeRow(grants: readonly IGrant[], dag: string): IGrant[] {
  return grants.filter(grant => grant.dag !== dag);
}

/** Replace what is granted on all DAGs by what a default role grants. */
export function startFrom(
  grants: readonly IGrant[],
  base: readonly IGrant[]
): IGrant[] {
  const general = base.filter(grant => grant.dag === null);
  return [...general, ...grants.filter(grant => grant.dag !== null)];
}

/** Grants that grant something: what is worth saving. */
export function compact(grants: readonly IGrant[]): IGrant[] {
  return grants.filter(grant => grant.actions.length && grant.menus.length);
}

/** The same grants have the same text. */
export function fingerprint(grants: readonly IGrant[]): string {
  const lines = compact(grants).map(({ dag, actions, menus }) =>
    JSON.stringify([dag, [...actions].sort(), [...menus].sort()])
  );
  return lines.sort().join('\n');
}

/** The view menus that are about DAGs: those of the first default role. */
export function menusOfDags({ menus }: IPermissions): string[] {
  return menus.filter(menu => menu.role === 'Viewer').map(menu => menu.name);
}

function addActions(
  grants: readonly IGrant[],
  dag: string | null,
  actions: readonly string[],
  permissions: IPermissions
): IGrant[] {
  const mine = grants.filter(grant => grant.dag === dag);
  const widest = mine.sort((a, b) => b.menus.length - a.menus.length)[0];
  if (!widest) {
    const menus = menusOfDags(permissions);
    return [...grants, { dag, actions: unique(actions), menus }];
  }
  const menus = widest.menus.length ? widest.menus : menusOfDags(permissions);
  const wider = {
    dag,
    actions: unique([...widest.actions, ...actions]),
    menus
  };
  return grants.map(grant => (grant === widest ? wider : grant));
}

function removeActions(
  grants: readonly IGrant[],
  dag: string | null,
  gone: ReadonlySet<string>
): IGrant[] {
  return grants.map(grant =>
    grant.dag === dag
      ? { ...grant, actions: grant.actions.filter(one => !gone.has(one)) }
      : grant
  );
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
