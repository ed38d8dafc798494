import { deleteIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IConnection } from '../../api/admin-types';
import { Button, IconButton } from '../../parts/controls';
import { StateMark } from '../../parts/state-mark';
import { askDeletion } from '../form/ask-deletion';
import { askForm } from '../form/form-dialog';
import { type IColumn, ListPage } from '../list/list-page';
import {
  connectionOf,
  fieldsOf,
  problemsOf,
  typeWords,
  valuesOf
} from './connection-form';
import type { ConnectionsModel, Trial } from './connections-model';

const COLUMNS: IColumn[] = [
  { column: 'connection_id', title: 'Connection' },
  { column: 'conn_type', title: 'Type' },
  { column: 'host', title: 'Host' },
  { column: 'port', title: 'Port' },
  { column: 'schema', title: 'Schema' },
  { column: 'login', title: 'Login' },
  { column: '', title: 'Password' },
  { column: '', title: 'Last test' }
];

/** Admin > Connections. */
export function ConnectionsView({
  model
}: {
  model: ConnectionsModel;
}): JSX.Element {
  return (
    <ListPage
      model={model}
      title="Connections"
      noun={['connection', 'connections']}
      placeholder="Filter by id"
      columns={COLUMNS}
      empty="No connections yet. Tasks reach other systems through them, by their id."
      add={{ text: 'Add connection', run: () => void edit(model, null) }}
      row={connection => (
        <Row key={connection.id} connection={connection} model={model} />
      )}
    />
  );
}

async function edit(
  model: ConnectionsModel,
  connection: IConnection | null
): Promise<void> {
  const { api } = model;
  await askForm({
    title: connection ? `Edit ${connection.connection_id}` : 'Add connection',
    accept: connection ? 'Save connection' : 'Add connection',
    fields: values => fieldsOf(connection, values),
    values: valuesOf(connection),
    check: problemsOf,
    save: values => {
      const fields = connectionOf(values, connection);
      return connection
        ? api.changeConnection(connection.id, fields)
        : api.addConnection(fields);
    }
  });
  await model.refresh();
}

async function remove(
  model: ConnectionsModel,
  connection: IConnection
): Promise<void> {
  const others = connection.sharing - 1;
  await askDeletion(
    connection.connection_id,
    others
      ? `Only the one with the host ${connection.host ?? '(none)'}: ${others} of this id ${others === 1 ? 'stays' : 'stay'}.`
      : 'Tasks that use it will fail.',
    () => model.api.deleteConnection(connection.id)
  );
  await model.refresh();
}

interface IRowProps {
  connection: IConnection;
  model: ConnectionsModel;
}

function Row({ connection, model }: IRowProps): JSX.Element {
  const { id, connection_id: name, sharing, host, port } = connection;
  const open = (): void => void edit(model, connection);
  return (
    <tr
      data-connection={name}
      title={connection.description ?? undefined}
      onDoubleClick={open}
    >
      <td>
        <strong>{name}</strong>
        {sharing > 1 && (
          <span className="couture-Tag">
            one of {sharing}, picked at random
          </span>
        )}
      </td>
      <td>{typeWords(connection.conn_type)}</td>
      <td>
        <code>{host}</code>
      </td>
      <td className="couture-Number">{port}</td>
      <td>{connection.schema}</td>
      <td>{connection.login}</td>
      <td>
        {connection.password && <span aria-label="a password">••••••</span>}
      </td>
      <td>
        <TestResult trial={model.trialOf(id)} canTest={model.canTest} />
      </td>
      <td className="couture-Rows-actions couture-mod-wide">
        {model.canTest && (
          <Button text="Test" onClick={() => void model.test(id)} />
        )}
        <IconButton icon={editIcon} label={`Edit ${name}`} onClick={open} />
        <IconButton
          icon={deleteIcon}
          label={`Delete ${name}`}
          onClick={() => void remove(model, connection)}
        />
      </td>
    </tr>
  );
}

function TestResult(props: {
  trial: Trial | undefined;
  canTest: boolean;
}): JSX.Element {
  const { trial, canTest } = props;
  if (trial === 'running') {
    return (
      <span className="couture-Marked">
        <StateMark state="running" size={14} /> Asking…
      </span>
    );
  }
  if (trial) {
    return (
      <span className="couture-Marked" title={trial.message}>
        <StateMark state={trial.status ? 'success' : 'failed'} size={14} />
        {trial.message}
      </span>
    );
  }
  const why = canTest
    ? undefined
    : 'Tests are switched off: the setting test_connections switches them on';
  return (
    <span className="couture-Secondary" title={why}>
      {canTest ? 'Not tested' : 'Tests are off'}
    </span>
  );
}
