import * as React from 'react';

const LEAST = 320;
/** Beside a graph of one task, which needs little room, and beside others. */
const FIRST = { single: 640, graph: 392 };
const STEP = 16;

/** The width of the detail column, and the handle that changes it; kept for the next time. */
export function useWidth(beside: keyof typeof FIRST): [number, JSX.Element] {
  const key = `couture-workflow:task-width-${beside}`;
  const [width, setWidth] = React.useState(
    () => Number(localStorage.getItem(key)) || FIRST[beside]
  );
  const change = (next: number): void => {
    const most = Math.max(LEAST, window.innerWidth * 0.7);
    const bounded = Math.round(Math.min(most, Math.max(LEAST, next)));
    localStorage.setItem(key, String(bounded));
    setWidth(bounded);
  };
  const drag = (event: React.PointerEvent<HTMLElement>): void => {
    event.preventDefault();
    const start = event.clientX;
    const move = (next: PointerEvent): void =>
      change(width + start - next.clientX);
    const stop = (): void => window.removeEventListener('pointermove', move);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', stop, { once: true });
  };
  const press = (event: React.KeyboardEvent): void => {
    const step = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (step) {
      event.preventDefault();
      change(width + step);
    }
  };
  const handle = (
    <div
      className="couture-Task-handle"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the task column"
      aria-valuenow={width}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={press}
    />
  );
  return [width, handle];
}
