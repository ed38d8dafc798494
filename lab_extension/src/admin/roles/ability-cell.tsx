import * as React from 'react';

import type { ICell } from './matrix';

interface IProps {
  cell: ICell;
  label: string;
  isEditable: boolean;
  onChange: (isOn: boolean) => void;
}

/** A check box; grey where all DAGs grant it anyway, ringed where it is not saved. */
export function AbilityCell(props: IProps): JSX.Element {
  const { cell, label, isEditable, onChange } = props;
  const { state, isInherited, isChanged } = cell;
  const box = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    if (box.current) {
      box.current.indeterminate = state === 'some' && !isInherited;
    }
  }, [state, isInherited]);
  const title = isInherited ? `${label}: granted on all DAGs` : label;
  return (
    <span className={`couture-Cell${isChanged ? ' couture-mod-changed' : ''}`}>
      <input
        ref={box}
        type="checkbox"
        aria-label={label}
        title={state === 'some' ? `${title}: in part` : title}
        checked={isInherited || state === 'on'}
        disabled={!isEditable || isInherited}
        onChange={event => onChange(event.target.checked)}
      />
    </span>
  );
}
