import * as React from 'react';

import type { IAccount, IRole } from '../../api/security-types';
import { FormField } from '../../parts/form-field';
import { FieldError } from '../../schedule/field-error';
import type { IUserForm, UserErrors } from './user-form';

interface IProps {
  form: IUserForm;
  errors: UserErrors;
  /** Null = the person is new. */
  account: IAccount | null;
  roles: readonly IRole[];
  onChange: (patch: Partial<IUserForm>) => void;
}

type TextKey = 'name' | 'firstName' | 'lastName' | 'email';

const TEXTS: [TextKey, string, string][] = [
  ['name', 'User name', 'name'],
  ['firstName', 'First name', 'first_name'],
  ['lastName', 'Last name', 'last_name'],
  ['email', 'E-mail', 'email']
];

/** The fields of the user dialog. */
export function UserFields(props: IProps): JSX.Element {
  const { form, errors, account, onChange } = props;
  const isLdap = account?.origin === 'ldap';
  return (
    <>
      {TEXTS.filter(([key]) => key !== 'name' || !account).map(
        ([key, label, wire]) => (
          <FormField key={key} label={label} error={errors[wire]}>
            <input
              type="text"
              autoComplete="off"
              spellCheck={false}
              disabled={isLdap}
              value={form[key]}
              onChange={event => onChange({ [key]: event.target.value })}
            />
          </FormField>
        )
      )}
      {isLdap && (
        <p className="couture-Secondary">
          Names and e-mail come from the directory at each login.
        </p>
      )}
      <RoleChecks {...props} />
      {!account && <Origin {...props} />}
      {!account && form.origin === 'local' && <FirstPassword {...props} />}
    </>
  );
}

function RoleChecks({ form, errors, roles, onChange }: IProps): JSX.Element {
  const toggle = (name: string, isOn: boolean): void =>
    onChange({
      roles: isOn
        ? [...form.roles, name]
        : form.roles.filter(one => one !== name)
    });
  return (
    <div className="couture-FormField" role="group" aria-label="Roles">
      <span className="couture-FormField-name">Roles</span>
      <div className="couture-Checks">
        {roles
          .filter(role => role.name !== 'Public')
          .map(role => (
            <label
              key={role.name}
              className="couture-Check"
              title={role.description}
            >
              <input
                type="checkbox"
                checked={form.roles.includes(role.name)}
                onChange={event => toggle(role.name, event.target.checked)}
              />
              {role.name}
            </label>
          ))}
        <FieldError text={errors.roles} />
      </div>
    </div>
  );
}

function Origin({ form, onChange }: IProps): JSX.Element {
  return (
    <FormField
      label="Logs in by"
      help={
        form.origin === 'ldap'
          ? 'For people whom the directory knows, where registration is off.'
          : undefined
      }
    >
      <select
        value={form.origin}
        onChange={event =>
          onChange({ origin: event.target.value === 'ldap' ? 'ldap' : 'local' })
        }
      >
        <option value="local">A password kept here</option>
        <option value="ldap">LDAP</option>
      </select>
    </FormField>
  );
}

function FirstPassword({ form, errors, onChange }: IProps): JSX.Element {
  return (
    <>
      <FormField label="First password" error={errors.password}>
        <input
          type="password"
          autoComplete="new-password"
          value={form.password}
          onChange={event => onChange({ password: event.target.value })}
        />
      </FormField>
      <label className="couture-Check couture-mod-indented">
        <input
          type="checkbox"
          checked={form.mustChange}
          onChange={event => onChange({ mustChange: event.target.checked })}
        />
        Must be changed at the first login
      </label>
    </>
  );
}
