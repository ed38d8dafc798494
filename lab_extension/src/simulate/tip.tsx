import * as React from 'react';

import { StateMark } from '../parts/state-mark';
import { capital, duration, moment } from '../words/time';
import type { ITree } from './tree';
import type { ISpot } from './tree-paint';
import { cellWords } from './tree-words';

interface IProps {
  tree: ITree;
  spot: ISpot;
  at: { x: number; y: number };
}

/** What is under the pointer. */
export function Tip({ tree, spot, at }: IProps): JSX.Element | null {
  const column = tree.columns[spot.column];
  const row = tree.rows[spot.row];
  const cell = row && tree.cell(row, spot.column);
  if (!column || (row && !cell)) {
    return null;
  }
  const { run, took, isCatchUp } = column;
  const when = capital(moment(run.run_after, new Date()));
  return (
    <div
      className="couture-Tip"
      style={{
        left: `min(${at.x + 14}px, calc(100% - 268px))`,
        top: at.y + 16
      }}
      aria-hidden
    >
      <div>
        <StateMark state={cell ? cell.state : run.state} size={14} />
        <strong>{row ? row.id : when}</strong>
        {row && <span className="couture-Secondary">{when}</span>}
      </div>
      <p>
        {cell
          ? capital(cellWords(cell))
          : [
              took === null ? 'Not ended' : `Took ${duration(took)}`,
              run.waited >= 1 && `waited ${duration(run.waited)}`,
              isCatchUp && 'catches up'
            ]
              .filter(Boolean)
              .join(', ')}
      </p>
    </div>
  );
}
