import { runIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ILdapStep, ILdapTest } from '../../api/security-types';
import { Button } from '../../parts/controls';
import { FormField } from '../../parts/form-field';
import { StateMark } from '../../parts/state-mark';
import { duration } from '../../words/time';
import { stepWords } from './form';
import type { LdapModel } from './ldap-model';

/** Tries the settings as they stand, saved or not, step by step. */
export function LdapTrial({ model }: { model: LdapModel }): JSX.Element {
  const [username, setUsername] = React.useState('');
  const [password, setPassword] = React.useState('');
  const test = (event: React.FormEvent): void => {
    event.preventDefault();
    void model.test(username, password);
  };
  return (
    <aside className="couture-Aside" aria-label="Test">
      <h2>Test</h2>
      <p className="couture-Secondary">
        Tries what stands here, saved or not. With a user name it says what that
        person would get; with the password, whether the login works.
      </p>
      <form className="couture-FormBody" onSubmit={test}>
        <FormField label="User name">
          <input
            type="text"
            autoComplete="off"
            spellCheck={false}
            value={username}
            onChange={event => setUsername(event.target.value)}
          />
        </FormField>
        <FormField label="Password">
          <input
            type="password"
            autoComplete="off"
            value={password}
            onChange={event => setPassword(event.target.value)}
          />
        </FormField>
        <Button
          text={model.isTrying ? 'Testing…' : 'Test'}
          icon={runIcon}
          disabled={model.isTrying}
          onClick={() => void model.test(username, password)}
        />
      </form>
      <div aria-live="polite">
        {model.trial && <Outcome trial={model.trial} />}
        {Object.entries(model.errors).map(([name, text]) => (
          <p key={name} className="couture-Problem">
            <code>{name}</code>: {text}
          </p>
        ))}
      </div>
    </aside>
  );
}

function Outcome({ trial }: { trial: ILdapTest }): JSX.Element {
  const attributes = Object.entries(trial.attributes);
  return (
    <>
      <ol className="couture-Steps">
        {trial.steps.map(step => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
      {trial.roles.length > 0 && <Names title="Roles" names={trial.roles} />}
      {trial.groups.length > 0 && (
        <Names title="Groups" names={trial.groups} isCode />
      )}
      {attributes.length > 0 && (
        <section>
          <h3>Attributes</h3>
          <dl className="couture-Attributes">
            {attributes.map(([name, values]) => (
              <React.Fragment key={name}>
                <dt>{name}</dt>
                <dd>
                  {Array.isArray(values) ? values.join('\n') : String(values)}
                </dd>
              </React.Fragment>
            ))}
          </dl>
        </section>
      )}
    </>
  );
}

function Step({ step }: { step: ILdapStep }): JSX.Element {
  const state = step.ok === null ? 'none' : step.ok ? 'success' : 'failed';
  return (
    <li data-step={step.name} data-ok={String(step.ok)}>
      <StateMark state={state} size={16} />
      <div>
        <strong>{stepWords(step.name)}</strong>
        {Boolean(step.seconds) && (
          <span className="couture-Secondary"> {duration(step.seconds)}</span>
        )}
        <p>{step.detail}</p>
      </div>
    </li>
  );
}

function Names(props: {
  title: string;
  names: readonly string[];
  isCode?: boolean;
}): JSX.Element {
  return (
    <section>
      <h3>{props.title}</h3>
      <span className="couture-Tags">
        {props.names.map(name => (
          <span key={name} className="couture-Tag">
            {props.isCode ? <code>{name}</code> : name}
          </span>
        ))}
      </span>
    </section>
  );
}
