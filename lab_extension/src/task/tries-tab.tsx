import * as React from 'react';

import type { ITry } from '../api/types';
import { StateMark } from '../parts/state-mark';
import { stateWords } from '../words/states';
import { clockSeconds, duration, moment } from '../words/time';

/** All tries of the task, the newest first. */
export function TriesTab({ tries }: { tries: ITry[] }): JSX.Element {
  if (!tries.length) {
    return (
      <div className="couture-Empty" role="tabpanel">
        <p>Not tried yet in this run.</p>
      </div>
    );
  }
  const newest = [...tries].sort((a, b) => b.try_number - a.try_number);
  return (
    <div className="couture-Scroll" role="tabpanel" aria-label="Tries">
      <table className="couture-Table">
        <thead>
          <tr>
            <th>Try</th>
            <th>State</th>
            <th>Started</th>
            <th className="couture-mod-number">Took</th>
          </tr>
        </thead>
        <tbody>
          {newest.map(each => (
            <tr key={each.try_number}>
              <td>{each.try_number}</td>
              <td>
                <StateMark state={each.state} size={14} />{' '}
                {stateWords(each.state)}
                {each.reason && (
                  <div className="couture-Secondary">{each.reason}</div>
                )}
              </td>
              <td
                title={
                  each.start_date
                    ? moment(each.start_date, new Date())
                    : undefined
                }
              >
                {each.start_date && clockSeconds(each.start_date)}
              </td>
              <td className="couture-mod-number">{duration(each.duration)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
