import { deleteIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { AdminApi } from '../../api/admin';
import type { IPool } from '../../api/admin-types';
import { IconButton } from '../../parts/controls';
import { askDeletion } from '../form/ask-deletion';
import { askForm } from '../form/form-dialog';
import type { ListModel } from '../list/list-model';
import { type IColumn, ListPage } from '../list/list-page';
import {
  DEFAULT_POOL,
  fieldsOf,
  isUnlimited,
  poolOf,
  problemsOf,
  sharesOf,
  valuesOf
} from './pool-form';

interface IProps {
  model: ListModel<IPool>;
  api: AdminApi;
}

const COLUMNS: IColumn[] = [
  { column: 'name', title: 'Pool' },
  { column: 'slots', title: 'Slots' },
  { column: '', title: 'In use' },
  ...['Running', 'Queued', 'Waiting', 'Deferred', 'Open'].map(title => ({
    column: '',
    title
  })),
  { column: 'description', title: 'Description' }
];

/** Admin > Pools. */
export function PoolsView({ model, api }: IProps): JSX.Element {
  const edit = (pool: IPool | null): void => void editPool(api, pool, model);
  return (
    <ListPage
      model={model}
      title="Pools"
      noun={['pool', 'pools']}
      placeholder="Filter by name"
      columns={COLUMNS}
      empty="No pools yet. Tasks share the slots of a pool."
      add={{ text: 'Add pool', run: () => edit(null) }}
      row={pool => (
        <Row
          key={pool.name}
          pool={pool}
          edit={() => edit(pool)}
          remove={() => void deletePool(api, pool, model)}
        />
      )}
    />
  );
}

async function editPool(
  api: AdminApi,
  pool: IPool | null,
  model: ListModel<IPool>
): Promise<void> {
  await askForm({
    title: pool ? `Edit ${pool.name}` : 'Add pool',
    accept: pool ? 'Save pool' : 'Add pool',
    fields: values => fieldsOf(pool, values),
    values: valuesOf(pool),
    check: problemsOf,
    save: values =>
      pool
        ? api.changePool(pool.name, poolOf(values))
        : api.addPool(String(values.name).trim(), poolOf(values))
  });
  await model.refresh();
}

async function deletePool(
  api: AdminApi,
  { name }: IPool,
  model: ListModel<IPool>
): Promise<void> {
  await askDeletion(
    name,
    'A pool that tasks use is kept: give these tasks another pool first.',
    () => api.deletePool(name)
  );
  await model.refresh();
}

interface IRowProps {
  pool: IPool;
  edit: () => void;
  remove: () => void;
}

function Row({ pool, edit, remove }: IRowProps): JSX.Element {
  const { name, description } = pool;
  return (
    <tr data-pool={name} onDoubleClick={edit}>
      <td>
        <strong>{name}</strong>
      </td>
      <td className="couture-Number">
        {isUnlimited(pool) ? 'no limit' : pool.slots}
      </td>
      <td>
        <Bar pool={pool} />
      </td>
      {[
        pool.running_slots,
        pool.queued_slots,
        pool.scheduled_slots,
        pool.deferred_slots
      ].map((slots, index) => (
        <td key={index} className="couture-Number">
          {slots || <span className="couture-Secondary">0</span>}
        </td>
      ))}
      <td className="couture-Number">
        {isUnlimited(pool) ? '∞' : Math.max(0, pool.open_slots)}
      </td>
      <td>{description}</td>
      <td className="couture-Rows-actions">
        <IconButton icon={editIcon} label={`Edit ${name}`} onClick={edit} />
        <IconButton
          icon={deleteIcon}
          label={
            name === DEFAULT_POOL
              ? `${name} cannot be deleted: tasks that name no pool use it`
              : `Delete ${name}`
          }
          disabled={name === DEFAULT_POOL}
          onClick={remove}
        />
      </td>
    </tr>
  );
}

/** How much is held, by state. */
function Bar({ pool }: { pool: IPool }): JSX.Element {
  const shares = sharesOf(pool);
  const words = shares.map(({ state, slots }) => `${slots} ${state}`);
  return (
    <span
      className="couture-PoolBar"
      role="img"
      aria-label={words.join(', ') || 'nothing in use'}
      title={words.join(', ') || 'Nothing in use'}
    >
      {shares.map(({ state, percent }) => (
        <span key={state} data-state={state} style={{ width: `${percent}%` }} />
      ))}
    </span>
  );
}
