import { refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IPageContext } from '../dag/page-context';
import { attempt } from '../notify';
import { Button } from '../parts/controls';
import { refusal } from '../rights';
import { clearTask } from './clear-dialog';

/** Clear, mark: the ways to mend a task, for those who may. */
export function Actions(props: {
  context: IPageContext;
  runId: string;
}): JSX.Element | null {
  const { context, runId } = props;
  const { model, workflow } = context;
  const taskId = model.taskId ?? '';
  const state = model.graph?.states[taskId]?.state ?? null;
  const rights = model.detail?.rights ?? [];
  const mark = (to: 'success' | 'failed'): void =>
    void attempt(() =>
      workflow.client.setTaskState(model.dagId, runId, taskId, to)
    );
  const mayClear = !refusal(rights, 'clear');
  const mayMark = !refusal(rights, 'mark');
  if (!mayClear && !mayMark) {
    return null;
  }
  return (
    <div className="couture-Actions">
      {mayClear && (
        <Button
          text="Clear and run again"
          kind={state === 'failed' ? 'primary' : 'plain'}
          icon={refreshIcon}
          onClick={() =>
            void attempt(() => clearTask(workflow.client, model, runId, taskId))
          }
        />
      )}
      {mayMark && (
        <>
          <Button
            text="Mark success"
            disabled={state === 'success'}
            onClick={() => mark('success')}
          />
          <Button
            text="Mark failed"
            disabled={state === 'failed'}
            onClick={() => mark('failed')}
          />
        </>
      )}
    </div>
  );
}
