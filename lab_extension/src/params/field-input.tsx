import * as React from 'react';

import { Switch } from '../parts/controls';
import { type IField, isTemplate } from './fields';

interface IInputProps {
  id: string;
  field: IField;
  text: string;
  invalid: boolean;
  onChange: (text: string) => void;
}

/** The control that suits the type of a parameter. */
export function FieldInput({
  id,
  field,
  text,
  invalid,
  onChange
}: IInputProps): JSX.Element {
  if (field.choices) {
    return (
      <select
        id={id}
        aria-describedby={`${id}-type`}
        value={text}
        onChange={event => onChange(event.target.value)}
      >
        {field.choices.map(choice => (
          <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
            {typeof choice === 'string' ? choice : JSON.stringify(choice)}
          </option>
        ))}
      </select>
    );
  }
  if (field.type === 'bool') {
    const on = text === 'true';
    return (
      <span className="couture-YesNo">
        <Switch
          checked={on}
          label={field.name}
          onChange={next => onChange(String(next))}
        />
        {on ? 'Yes' : 'No'}
      </span>
    );
  }
  if (field.type === 'dict' || text.includes('\n')) {
    return (
      <textarea
        id={id}
        aria-describedby={`${id}-type`}
        rows={Math.min(8, text.split('\n').length + 1)}
        value={text}
        spellCheck={false}
        aria-invalid={invalid}
        onChange={event => onChange(event.target.value)}
        onKeyDown={event => event.key === 'Enter' && event.stopPropagation()}
      />
    );
  }
  const isNumber = field.type === 'int' || field.type === 'float';
  return (
    <span
      className={`couture-Field${isNumber && !isTemplate(text) ? ' couture-mod-short' : ''}`}
    >
      <input
        id={id}
        aria-describedby={`${id}-type`}
        type="text"
        inputMode={isNumber ? 'decimal' : undefined}
        value={text}
        placeholder={
          field.type === 'expression' ? (field.source ?? '') : undefined
        }
        spellCheck={false}
        aria-invalid={invalid}
        onChange={event => onChange(event.target.value)}
      />
      {isTemplate(text) && (
        <abbr
          title="A template: filled in anew for each run"
          className="couture-Secondary"
        >
          fx
        </abbr>
      )}
    </span>
  );
}
