import * as React from 'react';

import type { Client } from '../api/client';
import { sentence } from '../api/errors';
import type { ITaskTarget } from '../api/types';
import { useLoaded } from '../parts/hooks';
import { StateMark } from '../parts/state-mark';

export interface ITaskPlace {
  client: Client;
  target: ITaskTarget;
  /** Changes when the answer may have changed. */
  version: string;
}

/** Why the task is in its state: the sentence first, then the rules, blocking ones on top. */
export function WhyTab({ client, target, version }: ITaskPlace): JSX.Element {
  const key = `${JSON.stringify(target)} ${version}`;
  const { value, error } = useLoaded(() => client.why(target), key);
  const all = value?.rules ?? [];
  const told = all.find(rule => rule.reason === value?.summary);
  const rules = all
    .filter(rule => rule !== told)
    .sort((a, b) => Number(a.passed) - Number(b.passed));
  return (
    <div
      className="couture-Scroll couture-Why"
      role="tabpanel"
      aria-label="Why"
    >
      {error !== null && <p role="alert">{sentence(error)}</p>}
      {value && (
        <p className="couture-Why-summary">
          <StateMark state={value.state} size={16} />
          <span>
            {value.summary}
            {told && <span className="couture-Secondary">{told.name}</span>}
          </span>
        </p>
      )}
      <ul>
        {rules.map(rule => (
          <li key={rule.name}>
            <StateMark
              state={rule.passed ? 'success' : 'up_for_reschedule'}
              size={14}
            />
            <span>
              {rule.reason}
              <span className="couture-Secondary">{rule.name}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
