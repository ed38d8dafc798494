import * as React from 'react';

/** What is wrong with the field above. */
export function FieldError({
  text
}: {
  text: string | null | undefined;
}): JSX.Element | null {
  return text ? (
    <p className="couture-FieldError" role="alert">
      {text}
    </p>
  ) : null;
}
