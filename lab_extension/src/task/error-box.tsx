import * as React from 'react';

import type { ITaskError } from '../api/types';
import { Link } from '../parts/controls';
import { errorSentence } from '../words/task-error';

interface IProps {
  error: ITaskError;
  /** Opens the DAG file; absent where the line is of something else. */
  openLine?: (line: number) => void;
}

/** What went wrong, in a sentence, where it is seen first. */
export function ErrorBox({ error, openLine }: IProps): JSX.Element {
  const { line } = error;
  return (
    <section className="couture-ErrorBox" role="alert">
      <div className="couture-ErrorBox-head">
        <strong>{error.class}</strong>
        {line !== null && openLine && (
          <Link text={`Line ${line}`} onClick={() => openLine(line)} />
        )}
      </div>
      <div className="couture-ErrorBox-text">{errorSentence(error)}</div>
    </section>
  );
}
