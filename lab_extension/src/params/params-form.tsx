import * as React from 'react';

import { Link } from '../parts/controls';
import type { FieldErrors } from '../parts/form-body';
import { FieldInput } from './field-input';
import {
  type Draft,
  type IField,
  initialText,
  isChanged,
  textOf,
  typeWords
} from './fields';

interface IFormProps {
  fields: readonly IField[];
  draft: Draft;
  errors: Readonly<FieldErrors>;
  onChange: (draft: Draft) => void;
}

/** A field for each parameter; a dot marks those that differ from their defaults. */
export function ParamsForm({
  fields,
  draft,
  errors,
  onChange
}: IFormProps): JSX.Element {
  return (
    <div className="couture-Params">
      {fields.map(field => (
        <ParamRow
          key={field.name}
          field={field}
          text={textOf(field, draft)}
          changed={isChanged(field, draft)}
          error={errors[field.name]}
          onChange={text => onChange({ ...draft, [field.name]: text })}
        />
      ))}
    </div>
  );
}

interface IRowProps {
  field: IField;
  text: string;
  changed: boolean;
  error: string | undefined;
  onChange: (text: string) => void;
}

function ParamRow({
  field,
  text,
  changed,
  error,
  onChange
}: IRowProps): JSX.Element {
  const id = React.useId();
  return (
    <div className={`couture-Param${changed ? ' couture-mod-changed' : ''}`}>
      <div className="couture-Param-name">
        <label htmlFor={id}>
          <code title={field.name}>{field.name}</code>
        </label>
        <span id={`${id}-type`} className="couture-Secondary">
          {typeWords(field)}
        </span>
      </div>
      <div>
        <FieldInput
          id={id}
          field={field}
          text={text}
          invalid={Boolean(error)}
          onChange={onChange}
        />
        {error && (
          <div className="couture-FieldError" role="alert">
            {error}
          </div>
        )}
        {field.comment && (
          <div className="couture-Secondary">{field.comment}</div>
        )}
        {changed && (
          <div className="couture-Secondary">
            default <code>{field.source ?? initialText(field)}</code>{' '}
            <Link text="Reset" onClick={() => onChange(initialText(field))} />
          </div>
        )}
      </div>
    </div>
  );
}
