import * as React from 'react';

import type { IBackfill } from '../../api/automation-types';
import type { OpenRun } from '../../admin/admin-page';
import { type IColumn, ListPage } from '../../admin/list/list-page';
import { attempt } from '../../notify';
import { Chip } from '../../parts/controls';
import { useSignal } from '../../parts/hooks';
import type { IWorkflow } from '../../tokens';
import { addBackfill } from './backfill-dialog';
import { BackfillRow } from './backfill-row';
import type { BackfillsModel } from './backfills-model';
import { askCancel } from './cancel-dialog';

interface IProps {
  model: BackfillsModel;
  workflow: IWorkflow;
  openRun: OpenRun;
}

const COLUMNS: IColumn[] = [
  { column: 'dag_id', title: 'DAG' },
  { column: 'from_date', title: 'From' },
  { column: 'to_date', title: 'To' },
  { column: '', title: 'State' },
  { column: '', title: 'Progress' },
  { column: '', title: 'How' },
  { column: 'created_at', title: 'Asked for' }
];

/** Browse > Backfills. */
export function BackfillsView(props: IProps): JSX.Element {
  const { model, workflow, openRun } = props;
  useSignal(workflow.me.changed);
  useSignal(workflow.dags.changed);
  const act = (
    backfill: IBackfill,
    action: 'pause' | 'unpause' | 'cancel'
  ): void =>
    void attempt(async () => {
      if (action !== 'cancel' || (await askCancel(backfill))) {
        const { automation } = workflow.client;
        await automation.switchBackfill(backfill.id, action);
        await model.refresh();
      }
    });
  const add = (): void =>
    void addBackfill(workflow, '').then(() => model.refresh());
  return (
    <ListPage
      model={model}
      title="Backfills"
      noun={['backfill', 'backfills']}
      placeholder="Filter by DAG"
      columns={COLUMNS}
      empty={
        model.isActiveOnly
          ? 'No backfill is under way.'
          : 'No backfills yet. One makes the runs of past dates, a few at a time.'
      }
      tools={
        <Chip
          text="Under way"
          pressed={model.isActiveOnly}
          onClick={() => model.showActive(!model.isActiveOnly)}
        />
      }
      add={
        workflow.me.has('can_trigger')
          ? { text: 'New backfill', run: add }
          : undefined
      }
      row={backfill => (
        <BackfillRow
          key={backfill.id}
          backfill={backfill}
          dag={workflow.dags.find(backfill.dag_id)}
          api={workflow.client.automation}
          act={action => act(backfill, action)}
          openRun={openRun}
          switchOn={() =>
            void attempt(() => workflow.dags.setPaused(backfill.dag_id, false))
          }
        />
      )}
    />
  );
}
