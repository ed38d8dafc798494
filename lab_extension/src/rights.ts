/** The rights that Lab's actions need, by the names of the roles page. */

export const RIGHTS = {
  trigger: 'can_trigger',
  pause: 'can_paused',
  clear: 'can_clear',
  mark: 'can_success',
  edit: 'can_edit_code',
  details: 'can_dag_details'
} as const;

export type RightName = keyof typeof RIGHTS;

const WORDS: Record<RightName, string> = {
  trigger: 'trigger runs',
  pause: 'switch DAGs on and off',
  clear: 'clear tasks',
  mark: 'mark tasks and runs',
  edit: 'edit code',
  details: 'see details of DAGs'
};

/** Why an action is not allowed, or undefined where it is. */
export function refusal(
  rights: readonly string[],
  name: RightName
): string | undefined {
  return rights.includes(RIGHTS[name])
    ? undefined
    : `Cannot ${WORDS[name]}: your role lacks the right ${RIGHTS[name]} here.`;
}
