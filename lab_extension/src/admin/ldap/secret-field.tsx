import * as React from 'react';

import type { ILdapOption } from '../../api/security-types';
import { Button } from '../../parts/controls';
import type { LdapModel } from './ldap-model';

interface IProps {
  model: LdapModel;
  option: ILdapOption;
}

/** A secret: it can be set anew and cleared, never read. */
export function SecretField({ model, option }: IProps): JSX.Element {
  const { name, is_set } = option;
  const typed = model.draft[name];
  if (typed === null) {
    return (
      <span className="couture-Secret">
        Cleared when you save
        <Button text="Keep it" onClick={() => model.undo(option)} />
      </span>
    );
  }
  if (is_set && typed === undefined) {
    return (
      <span className="couture-Secret">
        <span aria-label="Set">•••••• set</span>
        <Button text="Change" onClick={() => model.edit(option, '')} />
        <Button text="Clear" onClick={() => model.edit(option, null)} />
      </span>
    );
  }
  const change = (text: string): void =>
    text || is_set ? model.edit(option, text) : model.undo(option);
  return (
    <span className="couture-Secret">
      <input
        id={`couture-${name}`}
        type="password"
        autoComplete="new-password"
        aria-invalid={Boolean(model.errors[name])}
        aria-describedby={`couture-${name}-help`}
        value={String(typed ?? '')}
        onChange={event => change(event.target.value)}
      />
      {is_set && (
        <Button text="Keep the old one" onClick={() => model.undo(option)} />
      )}
    </span>
  );
}
