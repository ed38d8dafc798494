import { editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ISlaMiss } from '../../api/automation-types';
import { askForm } from '../../admin/form/form-dialog';
import type { OpenRun } from '../../admin/admin-page';
import { type IColumn, ListPage } from '../../admin/list/list-page';
import { Chip, IconButton, Link } from '../../parts/controls';
import { useSignal } from '../../parts/hooks';
import type { IWorkflow } from '../../tokens';
import { capital, duration, moment, utc } from '../../words/time';
import type { SlasModel } from './slas-model';

interface IProps {
  model: SlasModel;
  workflow: IWorkflow;
  openRun: OpenRun;
}

const COLUMNS: IColumn[] = [
  { column: 'dag_id', title: 'DAG' },
  { column: 'task_id', title: 'Task' },
  { column: 'logical_date', title: 'Run' },
  { column: '', title: 'SLA' },
  { column: 'timestamp', title: 'Missed' },
  { column: '', title: 'Told by' },
  { column: '', title: 'Note' }
];

/** Browse > SLA Misses: which tasks were not done in time, and what is said about it. */
export function SlasView({ model, workflow, openRun }: IProps): JSX.Element {
  useSignal(workflow.me.changed);
  const mayNote = workflow.me.has('can_edit');
  return (
    <ListPage
      model={model}
      title="SLA misses"
      noun={['SLA miss', 'SLA misses']}
      placeholder="Filter by DAG"
      columns={COLUMNS}
      empty={
        model.isOpenOnly
          ? 'Every miss has a note.'
          : 'No SLA was missed. A task has one by its argument sla.'
      }
      tools={
        <Chip
          text="Without a note"
          pressed={model.isOpenOnly}
          onClick={() => model.showOpen(!model.isOpenOnly)}
        />
      }
      row={miss => (
        <Row
          key={miss.id}
          miss={miss}
          openRun={openRun}
          edit={mayNote ? () => void editNote(model, miss) : null}
        />
      )}
    />
  );
}

async function editNote(model: SlasModel, miss: ISlaMiss): Promise<void> {
  await askForm({
    title: `Note on ${miss.task_id}`,
    note: `It missed its SLA of ${duration(miss.sla_seconds)} in the run of ${moment(miss.logical_date, new Date())}.`,
    accept: 'Save note',
    fields: [
      {
        name: 'note',
        label: 'Note',
        kind: 'area',
        placeholder: 'Why it happened, and what was done about it'
      }
    ],
    values: { note: miss.note ?? '' },
    save: ({ note }) => model.api.noteMiss(miss.id, String(note).trim() || null)
  });
  await model.refresh();
}

interface IRowProps {
  miss: ISlaMiss;
  openRun: OpenRun;
  /** Null for those who may not. */
  edit: (() => void) | null;
}

function Row({ miss, openRun, edit }: IRowProps): JSX.Element {
  const { dag_id, task_id, dag_run_id: run_id } = miss;
  const now = new Date();
  return (
    <tr data-miss={miss.id} onDoubleClick={edit ?? undefined}>
      <td>{dag_id}</td>
      <td>
        <Link
          text={task_id}
          onClick={() => openRun({ dag_id, run_id, task_id })}
        />
      </td>
      <td
        className="couture-Moment"
        title={`${run_id}\n${utc(miss.logical_date)}`}
      >
        {capital(moment(miss.logical_date, now))}
      </td>
      <td className="couture-Number">{duration(miss.sla_seconds)}</td>
      <td className="couture-Moment" title={utc(miss.timestamp)}>
        {capital(moment(miss.timestamp, now))}
      </td>
      <td>{toldBy(miss) || <span className="couture-Secondary">none</span>}</td>
      <td className="couture-Miss-note">
        {miss.note ? (
          <>
            {miss.note}
            {miss.noted_by && (
              <span className="couture-Secondary"> {miss.noted_by}</span>
            )}
          </>
        ) : (
          edit && (
            <span className="couture-Rows-onHover">
              <Link text="Add a note" onClick={edit} />
            </span>
          )
        )}
      </td>
      <td className="couture-Rows-actions">
        {edit && miss.note && (
          <IconButton
            icon={editIcon}
            label={`Edit the note on ${task_id}`}
            onClick={edit}
          />
        )}
      </td>
    </tr>
  );
}

function toldBy({ email_sent, notification_sent }: ISlaMiss): string {
  return [email_sent && 'e-mail', notification_sent && 'callback']
    .filter(Boolean)
    .join(', ');
}
