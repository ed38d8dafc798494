import * as React from 'react';

import { count } from '../words/time';
import { Button } from './controls';

interface IProps {
  changes: number;
  /** What saving does, in words. */
  effect: string;
  save: string;
  isSaving?: boolean;
  onSave: () => void;
  onDiscard: () => void;
}

/** Says that something is not saved, and what saving it does. */
export function UnsavedBar(props: IProps): JSX.Element {
  const { changes, effect, save, isSaving, onSave, onDiscard } = props;
  return (
    <div className="couture-Unsaved" role="status">
      <span className="couture-Dot" />
      <strong>{count(changes, 'change')} not saved</strong>
      <span className="couture-Unsaved-effect" title={effect}>
        {effect}
      </span>
      <Button text="Discard" disabled={isSaving} onClick={onDiscard} />
      <Button text={save} kind="primary" disabled={isSaving} onClick={onSave} />
    </div>
  );
}
