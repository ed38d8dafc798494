import * as React from 'react';

import type { IDag } from '../api/types';
import { DagRow, type IRowActions } from './dag-row';

interface IListProps extends IRowActions {
  rows: IDag[];
  current: string | null;
}

/** The rows as one tab stop: up and down move between them, right and left inside one. */
export function DagList({
  rows,
  current,
  ...actions
}: IListProps): JSX.Element {
  const list = React.useRef<HTMLUListElement>(null);
  const [focused, setFocused] = React.useState<string | null>(null);
  const stop = rows.some(row => row.dag_id === focused)
    ? focused
    : rows[0]?.dag_id;
  return (
    <ul
      ref={list}
      className="couture-List"
      role="grid"
      aria-label="DAGs"
      onKeyDown={event => list.current && moveFocus(list.current, event)}
    >
      {rows.map(row => (
        <DagRow
          key={row.dag_id}
          row={row}
          selected={row.dag_id === current}
          tabIndex={row.dag_id === stop ? 0 : -1}
          onFocus={() => setFocused(row.dag_id)}
          {...actions}
        />
      ))}
    </ul>
  );
}

function moveFocus(list: HTMLElement, event: React.KeyboardEvent): void {
  const row = (event.target as HTMLElement).closest<HTMLElement>(
    '.couture-Row'
  );
  const target = row && destination(list, row, event);
  if (target) {
    event.preventDefault();
    target.focus();
  }
}

function destination(
  list: HTMLElement,
  row: HTMLElement,
  event: React.KeyboardEvent
): HTMLElement | undefined {
  const rows = [...list.querySelectorAll<HTMLElement>('.couture-Row')];
  const inside = [row, ...row.querySelectorAll<HTMLElement>('button')];
  const place = inside.indexOf(event.target as HTMLElement);
  const targets: Record<string, HTMLElement | undefined> = {
    ArrowDown: rows[rows.indexOf(row) + 1],
    ArrowUp: rows[rows.indexOf(row) - 1],
    Home: rows[0],
    End: rows[rows.length - 1],
    ArrowRight: inside[place + 1],
    ArrowLeft: inside[place - 1]
  };
  return targets[event.key];
}
