import * as React from 'react';

import type { IDagDetail } from '../api/types';
import { moment, utc } from '../words/time';

/** What the DAG says of itself. */
export function DetailsTab({ detail }: { detail: IDagDetail }): JSX.Element {
  const params = Object.entries(detail.params);
  return (
    <div className="couture-Details" role="tabpanel" aria-label="Details">
      <dl>
        {facts(detail).map(([name, value, title]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd title={title}>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
      {params.length > 0 && (
        <>
          <h2>Parameters</h2>
          <table className="couture-Table">
            <thead>
              <tr>
                <th>Name</th>
                <th>Default</th>
                <th>Description</th>
              </tr>
            </thead>
            <tbody>
              {params.map(([name, param]) => (
                <tr key={name}>
                  <td>
                    <code>{name}</code>
                  </td>
                  <td>
                    <code>{JSON.stringify(param.value)}</code>
                  </td>
                  <td>{param.description}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}

type Fact = [name: string, value: string, title?: string];

function facts(detail: IDagDetail): Fact[] {
  const { schedule, next_run_after: next } = detail;
  const all: Fact[] = [
    ['DAG id', detail.dag_id],
    ['Description', detail.description ?? ''],
    ['Schedule', schedule.text, schedule.raw ?? undefined],
    ['Written as', schedule.raw ?? ''],
    ['Time zone', schedule.raw ? schedule.timezone : ''],
    [
      'Next run',
      next ? moment(next, new Date()) : '',
      next ? utc(next) : undefined
    ],
    ['File', `dags/${detail.file_path}`],
    ['Notebook', detail.notebook?.path ?? ''],
    [
      'Version',
      detail.version_number === null ? '' : String(detail.version_number)
    ],
    ['Owners', detail.owners.join(', ')],
    ['Tags', detail.tags.join(', ')],
    ['Runs at once', `at most ${detail.max_active_runs}`]
  ];
  return all.filter(([, value]) => value);
}
