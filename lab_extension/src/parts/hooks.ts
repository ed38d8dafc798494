import type { ISignal } from '@lumino/signaling';
import { useEffect, useLayoutEffect, useReducer, useState } from 'react';

/**
 * Render again whenever the signal is emitted.
 *
 * A layout effect: what is emitted between the first drawing and a passive effect would be missed.
 */
export function useSignal<S, A>(signal: ISignal<S, A>): void {
  const [, render] = useReducer((n: number) => n + 1, 0);
  useLayoutEffect(() => {
    signal.connect(render);
    return () => void signal.disconnect(render);
  }, [signal]);
}

/** The present, moving each second while `ticking` and while the page is seen. */
export function useNow(ticking: boolean): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (!ticking) {
      return;
    }
    const tick = (): void => {
      if (document.visibilityState === 'visible') {
        setNow(new Date());
      }
    };
    const timer = window.setInterval(tick, 1000);
    return () => window.clearInterval(timer);
  }, [ticking]);
  return ticking ? now : new Date();
}

/** What a promise gave, the last good value while a newer one is awaited. */
export function useLoaded<T>(
  load: () => Promise<T>,
  key: string
): { value: T | null; error: unknown } {
  const [result, setResult] = useState<{ value: T | null; error: unknown }>({
    value: null,
    error: null
  });
  useEffect(() => {
    let current = true;
    load().then(
      value => current && setResult({ value, error: null }),
      (error: unknown) =>
        current && setResult(old => ({ value: old.value, error }))
    );
    return () => {
      current = false;
    };
    // The key says what is loaded; the function is new at each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return result;
}
