/** What the pool dialog asks, and how the slots of a pool stand. Pure. */
import type { IPool, IPoolFields } from '../../api/admin-types';
import type { IField, Values } from '../form/field';

export const DEFAULT_POOL = 'default_pool';
const UNLIMITED = -1;

/** A part of a pool's bar: a state, and its share in percent. */
export interface IShare {
  state: string;
  slots: number;
  percent: number;
}

export function isUnlimited(pool: IPool): boolean {
  return pool.slots === UNLIMITED;
}

/** Who holds the slots, for a bar; where there is no limit the bar shows the shares of what is held. */
export function sharesOf(pool: IPool): IShare[] {
  const held: [string, number][] = [
    ['running', pool.running_slots],
    ['queued', pool.queued_slots],
    ['deferred', pool.include_deferred ? pool.deferred_slots : 0]
  ];
  const sum = held.reduce((total, [, slots]) => total + slots, 0);
  const whole = Math.max(isUnlimited(pool) ? 0 : pool.slots, sum, 1);
  return held
    .filter(([, slots]) => slots > 0)
    .map(([state, slots]) => ({
      state,
      slots,
      percent: (100 * slots) / whole
    }));
}

export function fieldsOf(pool: IPool | null, values: Values): IField[] {
  return [
    { name: 'name', label: 'Name', disabled: Boolean(pool) },
    {
      name: 'slots',
      label: 'Slots',
      kind: 'number',
      disabled: values.unlimited === true,
      help: 'How much of it tasks can hold together; a task takes one unless its pool_slots says more.'
    },
    { name: 'unlimited', label: 'Without a limit', kind: 'check' },
    {
      name: 'description',
      label: 'Description',
      disabled: pool?.name === DEFAULT_POOL
    },
    {
      name: 'include_deferred',
      label: 'Deferred tasks hold their slots too',
      kind: 'check'
    }
  ];
}

export function valuesOf(pool: IPool | null): Values {
  return {
    name: pool?.name ?? '',
    slots: pool && !isUnlimited(pool) ? String(pool.slots) : '8',
    unlimited: pool ? isUnlimited(pool) : false,
    description: pool?.description ?? '',
    include_deferred: pool?.include_deferred ?? false
  };
}

export function problemsOf(values: Values): Record<string, string> {
  const problems: Record<string, string> = {};
  if (!String(values.name).trim()) {
    problems.name = 'The pool needs a name';
  }
  if (!values.unlimited && !/^\d{1,6}$/.test(String(values.slots).trim())) {
    problems.slots = 'A whole number, 0 or more';
  }
  return problems;
}

export function poolOf(values: Values): IPoolFields {
  return {
    slots: values.unlimited ? UNLIMITED : Number(values.slots),
    description: String(values.description).trim() || null,
    include_deferred: values.include_deferred === true
  };
}
