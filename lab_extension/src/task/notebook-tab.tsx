import { notebookIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { sentence } from '../api/errors';
import type { ITaskInstance, ITaskTarget } from '../api/types';
import type { IPageContext } from '../dag/page-context';
import { Button, IconButton } from '../parts/controls';
import { useLoaded } from '../parts/hooks';
import { ExecutedNotebook } from './executed-notebook';

interface IProps {
  context: IPageContext;
  target: ITaskTarget;
  tryNumber: number;
  task: ITaskInstance;
}

/** The notebook as it was run, rendered, read-only. */
export function NotebookTab(props: IProps): JSX.Element {
  const { context, target, tryNumber, task } = props;
  const { client } = context.workflow;
  const [reads, setReads] = React.useState(0);
  const key = `${reads} ${JSON.stringify(target)} ${tryNumber} ${task.state}`;
  const { value, error } = useLoaded(
    () => client.executedNotebook(target, tryNumber),
    key
  );
  const openable = value?.path ? context.labPath(value.path) : null;
  return (
    <div className="couture-Notebook" role="tabpanel" aria-label="Notebook">
      <div className="couture-Toolbar couture-mod-small">
        <span className="couture-Secondary">
          {value?.complete === false
            ? 'Running: as far as it has come'
            : 'Read only, as it was run'}
        </span>
        {value?.complete === false && (
          <IconButton
            icon={refreshIcon}
            label="Read again"
            onClick={() => setReads(reads + 1)}
          />
        )}
        {openable && (
          <span className="couture-Toolbar-end">
            <Button
              text="Open"
              icon={notebookIcon}
              onClick={() => context.openPath(openable)}
            />
          </span>
        )}
      </div>
      {error !== null && <p className="couture-Problem">{sentence(error)}</p>}
      {value?.message && <p className="couture-Problem">{value.message}</p>}
      {value?.content && context.rendering && (
        <ExecutedNotebook
          content={value.content}
          rendering={context.rendering}
        />
      )}
    </div>
  );
}
