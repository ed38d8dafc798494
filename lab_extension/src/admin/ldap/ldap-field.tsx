import * as React from 'react';

import type { ILdapOption } from '../../api/security-types';
import { Switch } from '../../parts/controls';
import { FieldError } from '../../schedule/field-error';
import { valueOf } from './form';
import type { LdapModel } from './ldap-model';
import { SecretField } from './secret-field';

interface IProps {
  model: LdapModel;
  option: ILdapOption;
  warning?: string;
}

const ROLE = 'AUTH_USER_REGISTRATION_ROLE';

/** One setting: its name as the manual writes it, its value, what it means. */
export function LdapField({ model, option, warning }: IProps): JSX.Element {
  const { name, help } = option;
  const isChanged = name in model.draft;
  return (
    <div
      className={`couture-Ldap-field${isChanged ? ' couture-mod-changed' : ''}`}
      data-option={name}
    >
      <label htmlFor={`couture-${name}`}>
        <code>{name}</code>
      </label>
      <div>
        <Control model={model} option={option} />
        <FieldError text={model.errors[name]} />
        {warning && (
          <p className="couture-Warning" role="note">
            {warning}
          </p>
        )}
        <p className="couture-Secondary" id={`couture-${name}-help`}>
          {help}
        </p>
      </div>
    </div>
  );
}

function Control({ model, option }: IProps): JSX.Element {
  const { kind, name } = option;
  if (option.is_secret) {
    return <SecretField model={model} option={option} />;
  }
  const value = valueOf(option, model.draft);
  const about = {
    id: `couture-${name}`,
    'aria-describedby': `couture-${name}-help`,
    'aria-invalid': Boolean(model.errors[name])
  };
  if (kind === 'bool') {
    return (
      <span className="couture-YesNo">
        <Switch
          checked={value === true}
          label={name}
          onChange={isOn => model.edit(option, isOn)}
        />
        {value === true ? 'On' : 'Off'}
      </span>
    );
  }
  const choices = name === ROLE ? ['', ...model.roles] : option.choices;
  if (choices.length) {
    return (
      <select
        {...about}
        value={String(value ?? '')}
        onChange={event => model.edit(option, event.target.value)}
      >
        {choices.map(choice => (
          <option key={choice} value={choice}>
            {choice || 'No role'}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      {...about}
      type="text"
      autoComplete="off"
      spellCheck={false}
      placeholder={String(option.default)}
      value={String(value ?? '')}
      onChange={event => model.edit(option, event.target.value)}
    />
  );
}
