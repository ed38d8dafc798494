import * as React from 'react';

const BEFORE = 300;
const AFTER = 250;

interface ILinger {
  onPointerEnter: () => void;
  onPointerLeave: () => void;
  onFocus: () => void;
  onBlur: () => void;
}

/** Whether something is hovered or focused: a moment after it began, until a moment after it ended. */
export function useLinger(): [isShown: boolean, handlers: ILinger] {
  const [isShown, setShown] = React.useState(false);
  const timer = React.useRef(0);
  const soon = React.useCallback((next: boolean) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(
      () => setShown(next),
      next ? BEFORE : AFTER
    );
  }, []);
  React.useEffect(() => () => window.clearTimeout(timer.current), []);
  return [
    isShown,
    {
      onPointerEnter: () => soon(true),
      onPointerLeave: () => soon(false),
      onFocus: () => soon(true),
      onBlur: () => soon(false)
    }
  ];
}
