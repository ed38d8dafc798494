import { editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { sentence } from '../api/errors';
import type { IDagDetail } from '../api/types';
import type { IPageContext } from '../dag/page-context';
import { Button } from '../parts/controls';
import { useLoaded } from '../parts/hooks';
import { refusal } from '../rights';
import { moment } from '../words/time';
import { PythonSource } from './python-source';

interface IProps {
  context: IPageContext;
  detail: IDagDetail;
}

/** The DAG's file as the scheduler knows it, by version. */
export function CodeTab({ context, detail }: IProps): JSX.Element {
  const { client } = context.workflow;
  const { dag_id, version_number, file_path } = detail;
  const [picked, setPicked] = React.useState<number | null>(null);
  const versions = useLoaded(
    () => client.versions(dag_id),
    `${dag_id} ${version_number}`
  );
  const shown = picked ?? version_number;
  const source = useLoaded(
    () => client.source(dag_id, shown),
    `${dag_id} ${shown}`
  );
  return (
    <div className="couture-Code" role="tabpanel" aria-label="Code">
      <div className="couture-Toolbar">
        <label>
          Version{' '}
          <select
            value={shown ?? ''}
            onChange={event => setPicked(Number(event.target.value))}
          >
            {(versions.value ?? []).map(({ version_number: n, created_at }) => (
              <option key={n} value={n}>
                {n}, {moment(created_at, new Date())}
              </option>
            ))}
          </select>
        </label>
        <code className="couture-Secondary">dags/{file_path}</code>
        <span className="couture-Toolbar-end">
          {!refusal(detail.rights, 'edit') && (
            <Button
              text="Edit in Lab"
              icon={editIcon}
              onClick={() => context.openDagFile(file_path, null)}
            />
          )}
        </span>
      </div>
      {source.error !== null && (
        <p className="couture-Problem" role="alert">
          {sentence(source.error)}
        </p>
      )}
      {source.value !== null && (
        <PythonSource source={source.value} label={`Code of ${dag_id}`} />
      )}
    </div>
  );
}
