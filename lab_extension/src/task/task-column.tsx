import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ITaskInstance } from '../api/types';
import { ChildLink } from '../child/child-link';
import type { IPageContext } from '../dag/page-context';
import { LogTab } from '../log/log-tab';
import type { TaskTab } from '../models/dag';
import { IconButton } from '../parts/controls';
import { StateBadge, StateMark } from '../parts/state-mark';
import { type ITab, Tabs } from '../parts/tabs';
import { hasEnded } from '../words/states';
import { clockSeconds } from '../words/time';
import { Actions } from './actions';
import { ErrorBox } from './error-box';
import { Facts } from './facts';
import { type IInstances, Instances, useInstances } from './instances';
import { NotebookTab } from './notebook-tab';
import { useWidth } from './resize';
import { TriesTab } from './tries-tab';
import { useTask } from './use-task';
import { WhyTab } from './why-tab';
import { XComTab } from './xcom-tab';

/** The chosen task, beside the view: what it did, why, and what can be done about it. */
export function TaskColumn({
  context
}: {
  context: IPageContext;
}): JSX.Element | null {
  const { model, workflow } = context;
  const { taskId, graph } = model;
  const runId = graph?.run?.run_id ?? '';
  const node = graph?.nodes.find(each => each.task_id === taskId);
  const instances = useInstances(context, runId, node);
  const { task, problem } = useTask(
    workflow.live,
    model.dagId,
    runId,
    instances.isAwaited ? null : taskId,
    instances.mapIndex
  );
  const [width, handle] = useWidth(
    graph?.nodes.length === 1 ? 'single' : 'graph'
  );
  if (!taskId || !graph) {
    return null;
  }
  const liveState = graph.states[taskId]?.state ?? null;
  return (
    <aside
      className="couture-Task"
      style={{ width }}
      aria-label={`Task ${taskId}`}
    >
      {handle}
      <header className="couture-Task-head">
        <StateMark state={liveState} size={18} />
        <h2 title={taskId}>{taskId}</h2>
        <StateBadge state={liveState} />
        <IconButton
          icon={closeIcon}
          label="Close (Esc)"
          onClick={() => model.selectTask(null)}
        />
      </header>
      <div className="couture-Secondary couture-Task-operator">
        {node?.operator}
      </div>
      {node?.is_mapped && <Instances {...instances} />}
      {problem !== null && (
        <p className="couture-Problem" role="alert">
          {problem}
        </p>
      )}
      {task && (
        <Loaded
          key={`${taskId} ${instances.mapIndex}`}
          mapIndex={instances.mapIndex}
          {...{ context, task, runId, instances }}
        />
      )}
    </aside>
  );
}

interface ILoadedProps {
  context: IPageContext;
  task: ITaskInstance;
  runId: string;
  mapIndex: number;
  instances: IInstances;
}

function Loaded(props: ILoadedProps): JSX.Element {
  const { context, task, runId, instances } = props;
  const { model } = context;
  const node = model.graph?.nodes.find(each => each.task_id === model.taskId);
  const isNotebook = node?.kind === 'notebook';
  const openLine = (line: number): void =>
    context.openDagFile(model.detail?.file_path ?? '', line);
  const tabs = taskTabs(task);
  const tab = tabs.some(each => each.id === model.taskTab)
    ? model.taskTab
    : 'log';
  return (
    <>
      <Actions context={context} runId={runId} instances={instances} />
      <Facts task={task} />
      {node?.triggers_dag && (
        <ChildLink
          client={context.workflow.client}
          dagId={node.triggers_dag}
          run={task.child_run}
          open={context.openRun}
        />
      )}
      {task.error && (
        <ErrorBox
          error={task.error}
          openLine={isNotebook ? undefined : openLine}
        />
      )}
      <Tabs
        tabs={tabs}
        current={tab}
        label="About the task"
        onPick={id => model.showTaskTab(id)}
      />
      <Panel {...props} tab={tab} />
    </>
  );
}

function taskTabs(task: ITaskInstance): ITab<TaskTab>[] {
  const all: ITab<TaskTab>[] = [
    { id: 'log', text: 'Log' },
    { id: 'notebook', text: 'Notebook' },
    { id: 'xcom', text: 'XCom' },
    { id: 'tries', text: 'Tries' },
    { id: 'why', text: 'Why' }
  ];
  return all.filter(tab => tab.id !== 'notebook' || task.has_notebook);
}

function Panel(props: ILoadedProps & { tab: TaskTab }): JSX.Element {
  const { context, task, runId, mapIndex, tab } = props;
  const { model, workflow } = context;
  const taskId = model.taskId ?? '';
  const lastTry = Math.max(
    task.try_number,
    ...task.tries.map(each => each.try_number),
    0
  );
  const [picked, setPicked] = React.useState<number | null>(null);
  const tryNumber = picked ?? lastTry;
  const target = {
    dag_id: model.dagId,
    run_id: runId,
    task_id: taskId,
    map_index: mapIndex
  };
  switch (tab) {
    case 'why':
      return (
        <WhyTab
          client={workflow.client}
          target={target}
          version={JSON.stringify(task)}
        />
      );
    case 'tries':
      return <TriesTab tries={task.tries} />;
    case 'xcom':
      return (
        <XComTab
          client={workflow.client}
          target={target}
          version={`${task.end_date}`}
        />
      );
    case 'notebook':
      return (
        <NotebookTab
          context={context}
          target={target}
          tryNumber={tryNumber}
          task={task}
        />
      );
    case 'log':
      return lastTry ? (
        <LogTab
          live={workflow.live}
          target={target}
          foot={foot(task)}
          onTry={setPicked}
          {...{ tryNumber, lastTry }}
        />
      ) : (
        <div className="couture-Empty" role="tabpanel">
          <p>
            {hasEnded(task.state)
              ? 'No log: the task was not tried in this run.'
              : 'No log yet: the task has not been tried in this run.'}
          </p>
        </div>
      );
  }
}

function foot(task: ITaskInstance): string {
  return hasEnded(task.state) && task.end_date
    ? `Ended ${clockSeconds(task.end_date)}`
    : '';
}
