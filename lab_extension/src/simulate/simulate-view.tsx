import { addIcon, runIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button, Link } from '../parts/controls';
import { useSignal } from '../parts/hooks';
import { StateMark } from '../parts/state-mark';
import { FieldError } from '../schedule/field-error';
import { viewerZone } from '../words/local-time';
import { Assumptions } from './assumptions-view';
import { Detail } from './detail';
import { Legend } from './legend';
import type { SimulateModel } from './simulate-model';
import { figuresOf } from './summary';
import { TreeGrid } from './tree-grid';

interface IProps {
  model: SimulateModel;
  openDag: () => void;
}

const SPANS: [number, string][] = [
  [7, 'Next 7 days'],
  [30, 'Next 30 days'],
  [-30, 'Last 30 days']
];

/** What the schedule of a DAG would do from one moment to another. */
export function SimulateView({ model, openDag }: IProps): JSX.Element {
  useSignal(model.changed);
  return (
    <>
      <header className="couture-Header">
        <h1>Simulate {model.dagId}</h1>
        <span className="couture-Secondary">
          The scheduler on a clock that jumps: nothing runs, nothing is changed.
        </span>
        <span className="couture-Header-space" />
        <Link text="Open DAG" onClick={openDag} />
      </header>
      <Form model={model} />
      <Assumptions model={model} />
      {model.error && (
        <p className="couture-Problem" role="alert">
          {model.error}
        </p>
      )}
      <Outcome model={model} />
    </>
  );
}

function Form({ model }: { model: SimulateModel }): JSX.Element {
  const { form, problems, isBusy } = model;
  const moments: ['from' | 'to', string][] = [
    ['from', 'From'],
    ['to', 'To']
  ];
  return (
    <form
      className="couture-Toolbar couture-Simulate-form"
      onSubmit={event => {
        event.preventDefault();
        void model.run();
      }}
    >
      {moments.map(([name, label]) => (
        <label key={name} className="couture-Simulate-field">
          {label}
          <input
            type="datetime-local"
            title={`In ${viewerZone()}`}
            value={form[name]}
            aria-invalid={Boolean(problems[name])}
            onChange={event => model.change({ [name]: event.target.value })}
          />
          <FieldError text={problems[name]} />
        </label>
      ))}
      <span className="couture-Chips">
        {SPANS.map(([days, words]) => (
          <button
            key={days}
            type="button"
            className="couture-Chip"
            onClick={() => model.span(days)}
          >
            {words}
          </button>
        ))}
      </span>
      <span className="couture-Toolbar-end couture-Simulate-end">
        <Button
          text="Assume"
          icon={addIcon}
          title="How long a task takes, whether it fails, which way a branch goes"
          onClick={() => model.assume()}
        />
        <Button
          text={isBusy ? 'Simulating…' : 'Simulate'}
          icon={runIcon}
          kind="primary"
          disabled={isBusy}
          onClick={() => void model.run()}
        />
      </span>
    </form>
  );
}

function Outcome({ model }: { model: SimulateModel }): JSX.Element | null {
  const { found, graph } = model;
  if (!found || !graph) {
    return null;
  }
  if (!found.runs.length) {
    return (
      <div className="couture-Empty">
        <p>No run of {model.dagId} falls into this time.</p>
      </div>
    );
  }
  return (
    <>
      <p className="couture-Figures" role="status">
        {figuresOf(found).map(({ state, words, title }) => (
          <span key={words} title={title} className="couture-Marked">
            {state && <StateMark state={state} size={13} />}
            {words}
          </span>
        ))}
        {found.is_cut && (
          <span className="couture-Simulate-cut">
            Too much for one simulation: it ends earlier. Take a shorter time.
          </span>
        )}
      </p>
      <div className="couture-Body">
        <div className="couture-Tree-column">
          <TreeGrid model={model} found={found} graph={graph} />
          <Legend found={found} />
        </div>
        <Detail model={model} found={found} />
      </div>
    </>
  );
}
