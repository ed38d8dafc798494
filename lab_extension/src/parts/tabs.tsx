import * as React from 'react';

export interface ITab<T extends string> {
  id: T;
  text: string;
  /** How many there are behind it. */
  count?: number;
}

interface ITabsProps<T extends string> {
  tabs: ITab<T>[];
  current: T;
  label: string;
  onPick: (id: T) => void;
}

/** A row of tabs: one tab stop, arrows move and choose. */
export function Tabs<T extends string>(props: ITabsProps<T>): JSX.Element {
  const { tabs, current, label, onPick } = props;
  const row = React.useRef<HTMLDivElement>(null);
  const step = (event: React.KeyboardEvent): void => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move) {
      const place = tabs.findIndex(tab => tab.id === current) + move;
      const next = tabs[(place + tabs.length) % tabs.length];
      onPick(next.id);
      row.current
        ?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)
        ?.focus();
    }
  };
  return (
    <div
      ref={row}
      className="couture-Tabs"
      role="tablist"
      aria-label={label}
      onKeyDown={step}
    >
      {tabs.map(tab => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          data-tab={tab.id}
          aria-selected={tab.id === current}
          tabIndex={tab.id === current ? 0 : -1}
          onClick={() => onPick(tab.id)}
        >
          {tab.text}
          {tab.count !== undefined && (
            <span className="couture-Tab-count"> {tab.count}</span>
          )}
        </button>
      ))}
    </div>
  );
}
