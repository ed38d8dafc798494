import * as React from 'react';

import { useSignal } from '../../parts/hooks';
import { StateBadge } from '../../parts/state-mark';
import { UnsavedBar } from '../../parts/unsaved-bar';
import { Skeleton } from '../../panel/empty-list';
import { effectWords, grouped, warningsOf } from './form';
import { LdapField } from './ldap-field';
import type { LdapModel } from './ldap-model';
import { LdapTrial } from './ldap-trial';

/** Admin > Ldap Configuration: the settings, and beside them a trial of them. */
export function LdapView({ model }: { model: LdapModel }): JSX.Element {
  useSignal(model.changed);
  const { configuration, draft } = model;
  return (
    <>
      <header className="couture-Header">
        <h1>LDAP configuration</h1>
        {configuration && (
          <StateBadge
            state={configuration.is_enabled ? 'success' : 'queued'}
            text={configuration.is_enabled ? 'On' : 'Off: local accounts only'}
          />
        )}
      </header>
      {model.problem && (
        <p className="couture-Problem" role="alert">
          {model.problem}
        </p>
      )}
      {configuration ? (
        <div className="couture-Split">
          <Groups model={model} />
          <LdapTrial model={model} />
        </div>
      ) : (
        !model.problem && <Skeleton />
      )}
      {model.isDirty && configuration && (
        <UnsavedBar
          changes={Object.keys(draft).length}
          effect={effectWords(
            configuration.is_enabled,
            configuration.options,
            draft
          )}
          save="Save configuration"
          onSave={() => void model.save()}
          onDiscard={() => model.discard()}
        />
      )}
    </>
  );
}

function Groups({ model }: { model: LdapModel }): JSX.Element {
  const options = model.configuration?.options ?? [];
  const warnings = warningsOf(options, model.draft);
  return (
    <form
      className="couture-Ldap-form"
      onSubmit={event => event.preventDefault()}
    >
      {grouped(options).map(group => (
        <section key={group.title} aria-label={group.title}>
          <h2>{group.title}</h2>
          {group.options.map(option => (
            <LdapField
              key={option.name}
              model={model}
              option={option}
              warning={warnings[option.name]}
            />
          ))}
        </section>
      ))}
    </form>
  );
}
