/** DAG patterns: `*` stands for any characters, all else for itself. Pure. */

export function matches(pattern: string, dagId: string): boolean {
  const parts = pattern.split('*').map(escape);
  return new RegExp(`^${parts.join('[^]*')}$`).test(dagId);
}

/** "3 DAGs match", "no DAG yet", or nothing for the id of one DAG that is there. */
export function matchWords(pattern: string, dagIds: readonly string[]): string {
  const n = dagIds.filter(dagId => matches(pattern, dagId)).length;
  if (!n) {
    return pattern.includes('*') ? 'matches no DAG yet' : 'no such DAG yet';
  }
  if (!pattern.includes('*')) {
    return '';
  }
  return n === 1 ? '1 DAG matches' : `${n} DAGs match`;
}

/** Why a text is no pattern, or null. */
export function patternProblem(
  text: string,
  taken: readonly (string | null)[]
): string | null {
  const pattern = text.trim();
  if (!pattern) {
    return 'Name a DAG, or several with *, such as sales_*';
  }
  if (pattern.length > 250) {
    return 'A pattern has at most 250 characters';
  }
  if (/^\*+$/.test(pattern)) {
    return 'All DAGs have the row on top';
  }
  return taken.includes(pattern) ? `${pattern} has a row already` : null;
}

function escape(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
