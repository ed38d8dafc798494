import * as React from 'react';

import { sentence } from '../api/errors';
import type { ITaskInstanceV2, ITaskNode } from '../api/types';
import type { IPageContext } from '../dag/page-context';
import { useLoaded } from '../parts/hooks';
import { StateMark } from '../parts/state-mark';
import { stateWords } from '../words/states';
import { duration } from '../words/time';

export interface IInstances {
  instances: readonly ITaskInstanceV2[];
  /** Which of them is shown; -1 = the task is not mapped, or not expanded yet. */
  mapIndex: number;
  /** Which there are is not known yet. */
  isAwaited: boolean;
  problem: string | null;
  pick: (mapIndex: number) => void;
}

/** The instances of a mapped task, read again when their counts change; a failed one comes first. */
export function useInstances(
  { model, workflow }: IPageContext,
  runId: string,
  node: ITaskNode | undefined
): IInstances {
  const taskId = node?.task_id ?? '';
  const isMapped = Boolean(node?.is_mapped && runId);
  const counts = JSON.stringify(model.graph?.states[taskId]?.counts);
  const place = `${isMapped} ${model.dagId} ${runId} ${taskId}`;
  const { value, error } = useLoaded(
    () =>
      isMapped
        ? workflow.client.mapped(model.dagId, runId, taskId)
        : Promise.resolve([]),
    `${place} ${counts}`
  );
  const [picked, setPicked] = React.useState({ place, mapIndex: -1 });
  const own =
    value?.filter(one => one.task_id === taskId && one.dag_run_id === runId) ??
    [];
  const first = own.find(one => one.state === 'failed') ?? own[0];
  const isPicked = picked.place === place && picked.mapIndex >= 0;
  const firstIndex = first?.map_index;
  React.useEffect(() => {
    // It stays when it is mended: nothing moves under the pointer.
    if (!isPicked && firstIndex !== undefined) {
      setPicked({ place, mapIndex: firstIndex });
    }
  }, [isPicked, firstIndex, place]);
  return {
    instances: own,
    mapIndex: isPicked ? picked.mapIndex : (first?.map_index ?? -1),
    isAwaited: isMapped && value === null,
    problem: error === null ? null : sentence(error),
    pick: mapIndex => setPicked({ place, mapIndex })
  };
}

/** All instances of a mapped task, one of them chosen: one tab stop, arrows move and choose. */
export function Instances(props: IInstances): JSX.Element {
  const { instances, mapIndex, problem, pick } = props;
  const list = React.useRef<HTMLDivElement>(null);
  const step = (event: React.KeyboardEvent): void => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = instances.findIndex(one => one.map_index === mapIndex);
    const next = move ? instances[at + move] : undefined;
    if (next) {
      event.preventDefault();
      pick(next.map_index);
      list.current
        ?.querySelector<HTMLElement>(`[data-index="${next.map_index}"]`)
        ?.focus();
    }
  };
  if (!instances.length) {
    return (
      <p className="couture-Secondary">
        {problem ??
          'How many there will be is known once what it is mapped over is done.'}
      </p>
    );
  }
  return (
    <div
      ref={list}
      className="couture-Instances"
      role="listbox"
      aria-label="Instances"
      onKeyDown={step}
    >
      {instances.map(one => (
        <button
          key={one.map_index}
          type="button"
          role="option"
          data-index={one.map_index}
          aria-selected={one.map_index === mapIndex}
          aria-label={`Instance ${one.map_index}, ${stateWords(one.state)}`}
          tabIndex={one.map_index === mapIndex ? 0 : -1}
          onClick={() => pick(one.map_index)}
        >
          <StateMark state={one.state} size={13} />
          <span>{one.map_index}</span>
          <span className="couture-Secondary">
            {duration(one.duration) || stateWords(one.state).toLowerCase()}
          </span>
        </button>
      ))}
    </div>
  );
}
