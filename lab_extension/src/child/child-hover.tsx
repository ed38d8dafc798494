import * as React from 'react';

import type { IPageContext } from '../dag/page-context';
import { useLoaded } from '../parts/hooks';
import { ChildPreview } from './child-preview';
import { useLinger } from './linger';

interface ISpot {
  taskId: string;
  left: number;
  top: number;
}

const WIDTH = 300;
const HEIGHT = 272;
const GAP = 8;

/** The preview of a child DAG at the node that starts it, while either is under the pointer. */
export function ChildHover(props: {
  context: IPageContext;
  host: React.RefObject<HTMLElement>;
}): JSX.Element | null {
  const { context, host } = props;
  const { model } = context;
  const [spot, setSpot] = React.useState<ISpot | null>(null);
  const [isShown, linger] = useLinger();
  const handlers = React.useRef(linger);
  handlers.current = linger;
  const graph = React.useRef(model.graph);
  graph.current = model.graph;
  React.useEffect(() => {
    const node = host.current;
    const over = (event: Event): void => {
      const at = childAt(event.target, graph.current?.nodes ?? []);
      if (at && node) {
        setSpot(spotBeside(at.button, node, at.taskId));
        handlers.current.onPointerEnter();
      } else {
        handlers.current.onPointerLeave();
      }
    };
    const leave = (): void => handlers.current.onPointerLeave();
    node?.addEventListener('pointerover', over);
    node?.addEventListener('pointerleave', leave);
    return () => {
      node?.removeEventListener('pointerover', over);
      node?.removeEventListener('pointerleave', leave);
    };
  }, [host]);
  const task = model.graph?.nodes.find(one => one.task_id === spot?.taskId);
  if (!isShown || !spot || !task?.triggers_dag) {
    return null;
  }
  return (
    <div
      className="couture-Child couture-mod-floating"
      role="group"
      aria-label={`Preview of ${task.triggers_dag}`}
      style={{ left: spot.left, top: spot.top, width: WIDTH }}
      {...linger}
    >
      <Preview
        key={spot.taskId}
        context={context}
        taskId={spot.taskId}
        dagId={task.triggers_dag}
      />
    </div>
  );
}

function Preview(props: {
  context: IPageContext;
  taskId: string;
  dagId: string;
}): JSX.Element | null {
  const { context, taskId, dagId } = props;
  const { client } = context.workflow;
  const { graph, dagId: parent } = context.model;
  const run_id = graph?.run?.run_id;
  const state = graph?.states[taskId]?.state;
  const { value, error } = useLoaded(
    () =>
      run_id
        ? client.task({
            dag_id: parent,
            run_id,
            task_id: taskId,
            map_index: -1
          })
        : Promise.resolve(null),
    `${run_id} ${taskId} ${state}`
  );
  if (run_id && !value && !error) {
    return null;
  }
  return (
    <ChildPreview
      client={client}
      dagId={dagId}
      run={value?.child_run ?? null}
      open={context.openRun}
    />
  );
}

function childAt(
  target: EventTarget | null,
  nodes: readonly { task_id: string; triggers_dag: string | null }[]
): { button: HTMLElement; taskId: string } | null {
  const button = target instanceof HTMLElement ? target : null;
  const taskId = button?.dataset.task;
  const task = nodes.find(one => one.task_id === taskId);
  return button && taskId && task?.triggers_dag ? { button, taskId } : null;
}

/** Right of the node; left of it or higher up, where there is no room. */
function spotBeside(
  button: HTMLElement,
  host: HTMLElement,
  taskId: string
): ISpot {
  const node = button.getBoundingClientRect();
  const area = host.getBoundingClientRect();
  const right = node.right - area.left + GAP;
  const left = node.left - area.left - WIDTH - GAP;
  const hasRoom = right + WIDTH <= area.width;
  const top = node.top - area.top - 24;
  return {
    taskId,
    left: hasRoom ? right : Math.max(GAP, left),
    top: Math.max(GAP, Math.min(top, area.height - HEIGHT))
  };
}
