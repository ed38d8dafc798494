import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ITaskInstance } from '../api/types';
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
  const { task, problem } = useTask(workflow.live, model.dagId, runId, taskId);
  const [width, handle] = useWidth(
    graph?.nodes.length === 1 ? 'single' : 'graph'
  );
  if (!taskId || !graph) {
    return null;
  }
  const node = graph.nodes.find(each => each.task_id === taskId);
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
      {problem !== null && (
        <p className="couture-Problem" role="alert">
          {problem}
        </p>
      )}
      {task && (
        <Loaded key={taskId} context={context} task={task} runId={runId} />
      )}
    </aside>
  );
}

interface ILoadedProps {
  context: IPageContext;
  task: ITaskInstance;
  runId: string;
}

function Loaded({ context, task, runId }: ILoadedProps): JSX.Element {
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
      <Actions context={context} runId={runId} />
      <Facts task={task} />
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
      <Panel context={context} task={task} runId={runId} tab={tab} />
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
  const { context, task, runId, tab } = props;
  const { model, workflow } = context;
  const taskId = model.taskId ?? '';
  const lastTry = Math.max(
    task.try_number,
    ...task.tries.map(each => each.try_number),
    0
  );
  const [picked, setPicked] = React.useState<number | null>(null);
  const tryNumber = picked ?? lastTry;
  const place = { dagId: model.dagId, runId, taskId };
  switch (tab) {
    case 'why':
      return (
        <WhyTab
          client={workflow.client}
          {...place}
          version={JSON.stringify(task)}
        />
      );
    case 'tries':
      return <TriesTab tries={task.tries} />;
    case 'xcom':
      return (
        <XComTab
          client={workflow.client}
          {...place}
          version={`${task.end_date}`}
        />
      );
    case 'notebook':
      return (
        <NotebookTab
          context={context}
          {...place}
          tryNumber={tryNumber}
          task={task}
        />
      );
    case 'log':
      return lastTry ? (
        <LogTab
          live={workflow.live}
          target={{
            dag_id: model.dagId,
            run_id: runId,
            task_id: taskId,
            map_index: -1
          }}
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
