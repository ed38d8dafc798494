import * as React from 'react';

import type { DagModel } from '../models/dag';
import type { DagsModel } from '../models/dags';
import { Button } from '../parts/controls';
import { useSignal } from '../parts/hooks';
import { BrokenFile } from './broken-file';

interface IProps {
  model: DagModel;
  dags: DagsModel;
  openFile: (filePath: string, line: number | null) => void;
}

/** Before a DAG is known: it is being read, its file is broken, or there is none. */
export function Unknown({ model, dags, openFile }: IProps): JSX.Element | null {
  useSignal(dags.changed);
  const broken = dags.importErrors.find(error =>
    error.dag_ids.includes(model.dagId)
  );
  if (broken) {
    return <BrokenFile error={broken} openFile={openFile} />;
  }
  if (model.isMissing) {
    return (
      <div className="couture-Empty" role="status">
        <strong>{model.dagId} is not known yet</strong>
        <p>The page opens as soon as the scheduler has read its file.</p>
      </div>
    );
  }
  return model.error ? (
    <div className="couture-Empty" role="alert">
      <p>{model.error}</p>
      <Button text="Try again" onClick={() => void model.reload()} />
    </div>
  ) : null;
}
