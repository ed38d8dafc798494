import * as React from 'react';

import type { ITaskError } from '../api/types';
import { errorSentence } from '../words/task-error';

/** What went wrong, in a sentence, where it is seen first. */
export function ErrorBox({ error }: { error: ITaskError }): JSX.Element {
  return (
    <section className="couture-ErrorBox" role="alert">
      <div className="couture-ErrorBox-head">
        <strong>{error.class}</strong>
        {error.line !== null && (
          <span className="couture-Secondary">Line {error.line}</span>
        )}
      </div>
      <div className="couture-ErrorBox-text">{errorSentence(error)}</div>
    </section>
  );
}
