import { refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IPageContext } from '../dag/page-context';
import { attempt } from '../notify';
import { Button, Chip } from '../parts/controls';
import { refusal } from '../rights';
import { clearTask } from './clear-dialog';
import type { IInstances } from './instances';

interface IProps {
  context: IPageContext;
  runId: string;
  /** Of a mapped task, which instance is chosen. */
  instances: IInstances;
}

/** Clear, mark: the ways to mend a task, or one instance of it, for those who may. */
export function Actions(props: IProps): JSX.Element | null {
  const { context, runId, instances } = props;
  const { model, workflow } = context;
  const [isForAll, setForAll] = React.useState(false);
  const taskId = model.taskId ?? '';
  const one = instances.mapIndex >= 0 && !isForAll ? instances.mapIndex : null;
  const state = stateOf(props, one);
  const rights = model.detail?.rights ?? [];
  const mark = (to: 'success' | 'failed'): void =>
    void attempt(() =>
      workflow.client.setTaskState(model.dagId, runId, taskId, to, one)
    );
  const mayClear = !refusal(rights, 'clear');
  const mayMark = !refusal(rights, 'mark');
  if (!mayClear && !mayMark) {
    return null;
  }
  return (
    <div className="couture-Actions">
      {instances.mapIndex >= 0 && (
        <Scope instances={instances} isForAll={isForAll} onChange={setForAll} />
      )}
      {mayClear && (
        <Button
          text="Clear and run again"
          kind={state === 'failed' ? 'primary' : 'plain'}
          icon={refreshIcon}
          onClick={() =>
            void attempt(() =>
              clearTask(workflow.client, model, runId, taskId, one)
            )
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

function stateOf(
  { context, instances }: IProps,
  mapIndex: number | null
): string | null {
  const { taskId, graph } = context.model;
  if (mapIndex === null) {
    return graph?.states[taskId ?? '']?.state ?? null;
  }
  const own = instances.instances.find(each => each.map_index === mapIndex);
  return own?.state ?? null;
}

interface IScopeProps {
  instances: IInstances;
  isForAll: boolean;
  onChange: (isForAll: boolean) => void;
}

/** What the buttons are about. */
function Scope(props: IScopeProps): JSX.Element {
  const { instances, isForAll, onChange } = props;
  return (
    <div className="couture-Chips" role="group" aria-label="Applies to">
      <Chip
        text={`Instance ${instances.mapIndex}`}
        pressed={!isForAll}
        onClick={() => onChange(false)}
      />
      <Chip
        text={`All ${instances.instances.length}`}
        pressed={isForAll}
        onClick={() => onChange(true)}
      />
    </div>
  );
}
