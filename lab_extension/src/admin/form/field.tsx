import * as React from 'react';

import { FormField } from '../../parts/form-field';

export type Value = string | boolean;
export type Values = Record<string, Value>;

export interface IField {
  /** The name on the wire, by which problems are placed. */
  name: string;
  label: string;
  kind?: 'text' | 'area' | 'password' | 'number' | 'check' | 'choice';
  help?: string;
  placeholder?: string;
  disabled?: boolean;
  /** Of a choice what can be chosen; of a text what is proposed. */
  options?: [string, string][];
}

interface IProps {
  field: IField;
  value: Value;
  error?: string;
  onChange: (value: Value) => void;
}

/** One field of a form. */
export function Field(props: IProps): JSX.Element {
  const { field, value, error, onChange } = props;
  if (field.kind === 'check') {
    return (
      <label className="couture-Check couture-mod-indented" title={field.help}>
        <input
          type="checkbox"
          checked={value === true}
          disabled={field.disabled}
          onChange={event => onChange(event.target.checked)}
        />
        {field.label}
      </label>
    );
  }
  return (
    <FormField label={field.label} error={error} help={field.help}>
      {control(props)}
    </FormField>
  );
}

function control({ field, value, onChange }: IProps): React.ReactElement {
  const shared = {
    value: String(value),
    disabled: field.disabled,
    placeholder: field.placeholder,
    spellCheck: false,
    onChange: (
      event: React.ChangeEvent<
        HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
      >
    ) => onChange(event.target.value)
  };
  if (field.kind === 'area') {
    return <textarea rows={5} {...shared} />;
  }
  if (field.kind === 'choice') {
    return (
      <select value={shared.value} onChange={shared.onChange}>
        {field.options?.map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    );
  }
  const type = field.kind === 'password' ? 'password' : 'text';
  const mode = field.kind === 'number' ? 'numeric' : undefined;
  return (
    <input
      type={type}
      inputMode={mode}
      autoComplete={type === 'password' ? 'new-password' : 'off'}
      {...shared}
    />
  );
}
