import * as React from 'react';

import type { IImportError } from '../api/types';
import { Link } from '../parts/controls';
import { StateMark } from '../parts/state-mark';
import { count } from '../words/time';

interface IProps {
  errors: readonly IImportError[];
  openFile: (path: string, line: number | null) => void;
}

/** The DAG files that cannot be read, at the foot of the side panel. */
export function ImportErrors({ errors, openFile }: IProps): JSX.Element | null {
  if (!errors.length) {
    return null;
  }
  return (
    <section
      className="couture-ImportErrors"
      aria-label="Files that cannot be read"
    >
      <div className="couture-ImportErrors-title">
        <StateMark state="failed" /> {count(errors.length, 'file')} cannot be
        read
      </div>
      <ul>
        {errors.map(error => (
          <li
            key={error.import_error_id}
            title={`${error.filename}: ${error.message}`}
          >
            <code>{error.filename}</code>
            <Link
              text={error.line ? `Open at line ${error.line}` : 'Open file'}
              onClick={() => openFile(error.filename, error.line)}
            />
            <span className="couture-Secondary">{error.message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
