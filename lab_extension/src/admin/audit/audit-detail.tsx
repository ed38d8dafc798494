import * as React from 'react';

import type { IAuditEntry } from '../../api/security-types';
import { differences, text } from './words';

/** What an entry says beside its row: before, after, arguments, why it was refused. */
export function AuditDetail({ entry }: { entry: IAuditEntry }): JSX.Element {
  const changed = differences(entry);
  // What was sent repeats what came of it.
  const extra = Object.entries(entry.extra).filter(
    ([name]) => name !== 'body' || !changed.length
  );
  return (
    <div className="couture-AuditDetail">
      {changed.length > 0 && (
        <table className="couture-Table">
          <thead>
            <tr>
              <th>Field</th>
              <th>Before</th>
              <th>After</th>
            </tr>
          </thead>
          <tbody>
            {changed.map(({ name, before, after }) => (
              <tr key={name}>
                <td>{name}</td>
                <td>
                  <pre className="couture-Audit-before">{before}</pre>
                </td>
                <td>
                  <pre className="couture-Audit-after">{after}</pre>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <dl>
        <dt>Event</dt>
        <dd>
          <code>{entry.event}</code>
        </dd>
        {extra.map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              <pre>{text(value)}</pre>
            </dd>
          </React.Fragment>
        ))}
      </dl>
    </div>
  );
}
