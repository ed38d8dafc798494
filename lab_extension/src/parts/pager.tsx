import { caretLeftIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { IconButton } from './controls';

interface IProps {
  total: number;
  offset: number;
  size: number;
  /** What is counted: one, several. */
  noun: [string, string];
  onMove: (offset: number) => void;
}

/** "1 to 50 of 312 users" with steps back and forth; nothing where one page holds all. */
export function Pager(props: IProps): JSX.Element | null {
  const { total, offset, size, noun, onMove } = props;
  if (total <= size && offset === 0) {
    return null;
  }
  const last = Math.min(offset + size, total);
  return (
    <nav className="couture-Pager" aria-label="Pages">
      <span>
        {Math.min(offset + 1, total)} to {last} of {total}{' '}
        {noun[total === 1 ? 0 : 1]}
      </span>
      <IconButton
        icon={caretLeftIcon}
        label="Previous page"
        disabled={offset === 0}
        onClick={() => onMove(Math.max(0, offset - size))}
      />
      <IconButton
        icon={caretRightIcon}
        label="Next page"
        disabled={last >= total}
        onClick={() => onMove(offset + size)}
      />
    </nav>
  );
}
