import * as React from 'react';

import { type StateName, stateName, stateWords } from '../words/states';
import { type IShape, MARKS, type Paint } from './glyphs';

interface IMarkProps {
  state: string | null | undefined;
  size?: number;
  /** Named for screen readers; leave out where the word stands beside it. */
  label?: boolean;
}

/** The mark of a state, in its colour. */
export function StateMark({
  state,
  size = 16,
  label
}: IMarkProps): JSX.Element {
  const name = stateName(state);
  const words = stateWords(state);
  return (
    <svg
      className={`couture-Mark ${stateClass(name)}`}
      data-state={name}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      role={label ? 'img' : undefined}
      aria-label={label ? words : undefined}
      aria-hidden={label ? undefined : true}
    >
      {MARKS[name].map(shapePath)}
    </svg>
  );
}

/** The class that sets --state-fill, --state-text and --state-tint. */
export function stateClass(state: string | null | undefined): string {
  return `couture-s-${stateName(state as StateName).replace(/_/g, '-')}`;
}

/** A mark and its word on a tint. */
export function StateBadge(props: {
  state: string | null;
  text?: string;
}): JSX.Element {
  return (
    <span className={`couture-Badge ${stateClass(props.state)}`}>
      <StateMark state={props.state} size={14} />
      {props.text ?? stateWords(props.state)}
    </span>
  );
}

function shapePath(shape: IShape, index: number): JSX.Element {
  return (
    <path
      key={index}
      d={shape.d}
      className={PAINT_CLASS[shape.paint]}
      strokeDasharray={shape.dash?.join(' ')}
    />
  );
}

const PAINT_CLASS: Record<Paint, string> = {
  fill: 'couture-mark-fill',
  line: 'couture-mark-line',
  faint: 'couture-mark-line couture-mark-faint',
  cut: 'couture-mark-cut',
  cutLine: 'couture-mark-cutLine'
};
