import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Chip, IconButton } from '../parts/controls';
import { FieldError } from '../schedule/field-error';
import { type AssumptionKind, type IAssumption, KINDS } from './assumptions';
import type { SimulateModel } from './simulate-model';

/** What tasks are assumed to do, one line each. */
export function Assumptions({
  model
}: {
  model: SimulateModel;
}): JSX.Element | null {
  const { assumptions } = model.form;
  if (!assumptions.length) {
    return null;
  }
  return (
    <ul className="couture-Assumptions" aria-label="Assumptions">
      {assumptions.map(one => (
        <Line key={one.key} model={model} one={one} />
      ))}
    </ul>
  );
}

interface ILineProps {
  model: SimulateModel;
  one: IAssumption;
}

function Line({ model, one }: ILineProps): JSX.Element {
  const { task, kind, value } = one;
  const change = (patch: Partial<IAssumption>): void =>
    model.changeAssumption(one.key, patch);
  const problem = model.problems[one.key];
  const tasks = model.graph?.nodes ?? [];
  return (
    <li>
      <select
        aria-label="Task"
        value={task}
        onChange={event => change({ task: event.target.value, chosen: [] })}
      >
        <option value="*">Every other task</option>
        {tasks.map(({ task_id }) => (
          <option key={task_id} value={task_id}>
            {task_id}
          </option>
        ))}
      </select>
      <select
        aria-label="What it does"
        value={kind}
        onChange={event => {
          const next = event.target.value as AssumptionKind;
          change({ kind: next, value: KINDS[next].value });
        }}
      >
        {kindsFor(task).map(name => (
          <option key={name} value={name}>
            {KINDS[name].words}
          </option>
        ))}
      </select>
      {kind === 'chooses' && <Below model={model} one={one} change={change} />}
      {KINDS[kind].value && (
        <input
          type="text"
          aria-label={KINDS[kind].words}
          aria-invalid={Boolean(problem)}
          value={value}
          onChange={event => change({ value: event.target.value })}
          onKeyDown={event => event.key === 'Enter' && void model.run()}
        />
      )}
      <span className="couture-Secondary">{KINDS[kind].help}</span>
      <FieldError text={problem} />
      <IconButton
        icon={closeIcon}
        label="Assume this no more"
        onClick={() => model.changeAssumption(one.key, null)}
      />
    </li>
  );
}

/** Which way a task goes, and that it skips, is said of one task only. */
function kindsFor(task: string): AssumptionKind[] {
  const all = Object.keys(KINDS) as AssumptionKind[];
  return task === '*' ? ['takes', 'fails', 'chance'] : all;
}

function Below({
  model,
  one,
  change
}: ILineProps & {
  change: (patch: Partial<IAssumption>) => void;
}): JSX.Element {
  const below = (model.graph?.edges ?? [])
    .filter(([from]) => from === one.task)
    .map(([, to]) => to);
  if (!below.length) {
    return <span className="couture-Secondary">no task follows it</span>;
  }
  return (
    <span className="couture-Chips" role="group" aria-label="Tasks below">
      {below.map(id => {
        const isChosen = one.chosen.includes(id);
        const rest = one.chosen.filter(other => other !== id);
        return (
          <Chip
            key={id}
            text={id}
            pressed={isChosen}
            onClick={() => change({ chosen: isChosen ? rest : [...rest, id] })}
          />
        );
      })}
    </span>
  );
}
