import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type {
  ISimulated,
  ISimulatedRun,
  ISimulatedTask
} from '../api/automation-types';
import { IconButton } from '../parts/controls';
import { StateBadge, StateMark } from '../parts/state-mark';
import { stateWords } from '../words/states';
import { capital, clockSeconds, duration, moment, utc } from '../words/time';
import type { SimulateModel } from './simulate-model';

/** More instances than these are not listed. */
const MOST_LISTED = 60;

interface IProps {
  model: SimulateModel;
  found: ISimulated;
}

/** The run that was chosen, and of the task its tries. */
export function Detail({ model, found }: IProps): JSX.Element | null {
  const { place, graph } = model;
  if (!place) {
    return null;
  }
  const runs = [...found.runs].sort(
    (a, b) => Date.parse(a.run_after) - Date.parse(b.run_after)
  );
  const run = runs[place.column];
  const id = place.rowId;
  const isIn = (task: ISimulatedTask): boolean =>
    task.task_id === id ||
    (Boolean(graph?.groups.some(one => one.group_id === id)) &&
      task.task_id.startsWith(`${id}.`));
  const tasks = id ? run.tasks.filter(isIn) : [];
  return (
    <aside
      className="couture-Aside couture-Simulate-detail"
      aria-label="What was chosen"
    >
      <header className="couture-Task-head">
        <h2 title={utc(run.run_after)}>
          Run of {moment(run.run_after, new Date())}
        </h2>
        <IconButton
          icon={closeIcon}
          label="Close (Esc)"
          onClick={() => model.pick(null)}
        />
      </header>
      <RunFacts run={run} />
      {tasks.slice(0, MOST_LISTED).map(task => (
        <Task
          key={`${task.task_id} ${task.map_index}`}
          task={task}
          isLate={found.sla_misses.some(
            miss => miss.run_id === run.run_id && miss.task_id === task.task_id
          )}
        />
      ))}
      {tasks.length > MOST_LISTED && (
        <p className="couture-Secondary">
          and {tasks.length - MOST_LISTED} more
        </p>
      )}
    </aside>
  );
}

function RunFacts({ run }: { run: ISimulatedRun }): JSX.Element {
  const now = new Date();
  const took =
    run.start && run.end
      ? duration((Date.parse(run.end) - Date.parse(run.start)) / 1000)
      : '';
  const facts: [string, string][] = [
    ['Logical date', run.logical_date ? moment(run.logical_date, now) : ''],
    ['Began', run.start ? moment(run.start, now) : 'not in this time'],
    ['Waited', run.waited >= 1 ? duration(run.waited) : ''],
    ['Took', took]
  ];
  return (
    <>
      <p>
        <StateBadge state={run.state} />
      </p>
      <dl className="couture-Attributes">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <React.Fragment key={name}>
              <dt>{name}</dt>
              <dd>{capital(value)}</dd>
            </React.Fragment>
          ))}
      </dl>
    </>
  );
}

function Task({
  task,
  isLate
}: {
  task: ISimulatedTask;
  isLate: boolean;
}): JSX.Element {
  const { task_id, map_index, state, reason, tries } = task;
  return (
    <section className="couture-SimulatedTask">
      <h3>
        <StateMark state={state} size={14} />
        {task_id}
        {map_index >= 0 && ` [${map_index}]`}
      </h3>
      <p>
        {stateWords(state)}
        {isLate && ', SLA missed'}
        {reason && `: ${reason}`}
      </p>
      {tries.length > 0 && (
        <table className="couture-Table">
          <tbody>
            {tries.map(one => (
              <tr key={one.try_number}>
                <td>Try {one.try_number}</td>
                <td>{stateWords(one.state)}</td>
                <td title={utc(one.start)}>{clockSeconds(one.start)}</td>
                <td className="couture-mod-number">
                  {one.end &&
                    duration(
                      (Date.parse(one.end) - Date.parse(one.start)) / 1000
                    )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
