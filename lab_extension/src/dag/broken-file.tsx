import * as React from 'react';

import type { IImportError } from '../api/types';
import { Link } from '../parts/controls';
import { StateMark } from '../parts/state-mark';
import { moment, utc } from '../words/time';

interface IProps {
  error: IImportError;
  openFile: (filePath: string, line: number | null) => void;
}

/** Says why a DAG's file cannot be read or what it warns of, where, and what runs meanwhile. */
export function BrokenFile({ error, openFile }: IProps): JSX.Element {
  const { filename, line, message, last_good_version: good } = error;
  const isWarning = message.startsWith('Warning: ');
  return (
    <section className="couture-ErrorBox" role="alert">
      <div className="couture-ErrorBox-head">
        <strong>
          <StateMark state="failed" size={14} /> {filename}{' '}
          {isWarning ? 'has warnings' : 'cannot be read'}
        </strong>
        <Link
          text={line === null ? 'Open file' : `Line ${line}`}
          onClick={() => openFile(filename, line)}
        />
      </div>
      <div className="couture-ErrorBox-text">{message}</div>
      {good && !isWarning && (
        <div title={utc(good)}>
          The version of {moment(good, new Date())} stays in use.
        </div>
      )}
      {!isWarning && (
        <details>
          <summary>Traceback</summary>
          <pre>{error.stack_trace}</pre>
        </details>
      )}
    </section>
  );
}
