import * as React from 'react';

import type { IAuditEntry } from '../../api/security-types';
import { Link } from '../../parts/controls';
import { SortHeader } from '../../parts/sort-header';
import { StateMark } from '../../parts/state-mark';
import { clockSeconds, moment, utc } from '../../words/time';
import { AuditDetail } from './audit-detail';
import type { AuditModel } from './audit-model';
import { EMPTY_FORM } from './filter';
import { eventWords, objectWords } from './words';

const COLUMNS: [string, string][] = [
  ['when', 'When'],
  ['user', 'User'],
  ['source_ip', 'Source IP'],
  ['event', 'What'],
  ['dag_id', 'Object'],
  ['allowed', 'Verdict']
];

export function AuditTable({ model }: { model: AuditModel }): JSX.Element {
  if (!model.entries.length) {
    return (
      <div className="couture-Empty">
        <p>No entry is as this filter asks.</p>
        <Link
          text="Clear the filter"
          onClick={() => model.filter(EMPTY_FORM)}
        />
      </div>
    );
  }
  return (
    <table className="couture-Table couture-Rows couture-Audit">
      <thead>
        <tr>
          {COLUMNS.map(([column, title]) => (
            <SortHeader
              key={column}
              title={title}
              column={column}
              order={model.order}
              onOrder={name => model.orderBy(name)}
            />
          ))}
        </tr>
      </thead>
      <tbody>
        {model.entries.map(entry => (
          <React.Fragment key={entry.id}>
            <Row
              entry={entry}
              isOpen={model.opened === entry.id}
              toggle={() => model.toggle(entry.id)}
            />
            {model.opened === entry.id && (
              <tr className="couture-Audit-detail">
                <td colSpan={COLUMNS.length}>
                  <AuditDetail entry={entry} />
                </td>
              </tr>
            )}
          </React.Fragment>
        ))}
      </tbody>
    </table>
  );
}

interface IRowProps {
  entry: IAuditEntry;
  isOpen: boolean;
  toggle: () => void;
}

function Row({ entry, isOpen, toggle }: IRowProps): JSX.Element {
  const { when, user, source_ip, event, allowed } = entry;
  const [day] = moment(when, new Date()).split(/ (?=\d\d:\d\d$)/);
  const object = objectWords(entry);
  return (
    <tr
      aria-expanded={isOpen}
      tabIndex={0}
      onClick={toggle}
      onKeyDown={pressed => {
        if (pressed.key === 'Enter' || pressed.key === ' ') {
          pressed.preventDefault();
          toggle();
        }
      }}
    >
      <td title={utc(when)}>
        {day} {clockSeconds(when)}
      </td>
      <td>{user}</td>
      <td>
        <code>{source_ip}</code>
      </td>
      <td title={event}>{eventWords(event)}</td>
      <td title={object}>{object}</td>
      <td>
        <span className="couture-Marked">
          <StateMark state={allowed ? 'success' : 'failed'} size={14} />
          {allowed ? 'Allowed' : 'Refused'}
        </span>
      </td>
    </tr>
  );
}
