import * as React from 'react';

import type { Client } from '../api/client';
import { sentence } from '../api/errors';
import type { ITaskTarget } from '../api/types';
import { useLoaded } from '../parts/hooks';
import type { ITaskPlace } from './why-tab';

/** The values that the task passed on. */
export function XComTab({ client, target, version }: ITaskPlace): JSX.Element {
  const key = `${JSON.stringify(target)} ${version}`;
  const { value, error } = useLoaded(() => readAll(client, target), key);
  return (
    <div className="couture-Scroll" role="tabpanel" aria-label="XCom">
      {error !== null && <p role="alert">{sentence(error)}</p>}
      {value?.length === 0 && (
        <div className="couture-Empty">
          <p>The task passed no values on.</p>
        </div>
      )}
      {value !== null && value.length > 0 && (
        <table className="couture-Table">
          <thead>
            <tr>
              <th>Key</th>
              <th>Value</th>
            </tr>
          </thead>
          <tbody>
            {value.map(([name, text]) => (
              <tr key={name}>
                <td>
                  <code>{name}</code>
                </td>
                <td>
                  <pre>{text}</pre>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

async function readAll(
  client: Client,
  target: ITaskTarget
): Promise<[string, string][]> {
  const entries = await client.xcoms(target);
  return Promise.all(
    entries.map(async ({ key }): Promise<[string, string]> => {
      const value = await client.xcom(target, key);
      return [
        key,
        typeof value === 'string' ? value : JSON.stringify(value, null, 2)
      ];
    })
  );
}
