/** The settings of a page, by section. Pure. */
import type { ISetting } from '../../api/admin-types';

/** The settings whose name or meaning holds the text, by section. */
export function settingsOf(
  settings: readonly ISetting[],
  search: string
): [string, ISetting[]][] {
  const wanted = search.trim().toLowerCase();
  const found = new Map<string, ISetting[]>();
  for (const one of settings) {
    if (`${one.key} ${one.help}`.toLowerCase().includes(wanted)) {
      found.set(one.section, [...(found.get(one.section) ?? []), one]);
    }
  }
  return [...found];
}
