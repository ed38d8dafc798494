import * as React from 'react';

import { FieldError } from '../schedule/field-error';

interface IProps {
  label: string;
  error?: string | null;
  help?: string;
  children: React.ReactElement;
}

/** A named field with its help and, below it, what is wrong with it. */
export function FormField(props: IProps): JSX.Element {
  const { label, error, help, children } = props;
  const id = React.useId();
  return (
    <div className="couture-FormField">
      <label htmlFor={id}>{label}</label>
      <div>
        {React.cloneElement(children, {
          id,
          'aria-invalid': Boolean(error),
          'aria-describedby': help ? `${id}-help` : undefined
        })}
        <FieldError text={error} />
        {help && (
          <p className="couture-Secondary" id={`${id}-help`}>
            {help}
          </p>
        )}
      </div>
    </div>
  );
}
