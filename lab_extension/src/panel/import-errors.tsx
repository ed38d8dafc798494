import * as React from 'react';

import type { IImportError } from '../api/types';
import { Link } from '../parts/controls';
import { StateMark } from '../parts/state-mark';
import { count } from '../words/time';

interface IProps {
  errors: readonly IImportError[];
  openFile: (path: string, line: number | null) => void;
}

/** "1 file cannot be read, 2 files have warnings". */
function inWords(errors: readonly IImportError[]): string {
  const warned = errors.filter(one => one.message.startsWith('Warning: '));
  const broken = errors.length - warned.length;
  return [
    broken ? `${count(broken, 'file')} cannot be read` : '',
    warned.length
      ? `${count(warned.length, 'file')} ${warned.length === 1 ? 'has' : 'have'} warnings`
      : ''
  ]
    .filter(Boolean)
    .join(', ');
}

/** The DAG files that cannot be read, at the foot of the side panel. */
export function ImportErrors({ errors, openFile }: IProps): JSX.Element | null {
  if (!errors.length) {
    return null;
  }
  return (
    <section
      className="couture-ImportErrors"
      aria-label="Files that cannot be read or have warnings"
    >
      <div className="couture-ImportErrors-title">
        <StateMark state="failed" /> {inWords(errors)}
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
