import { editIcon, deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { AdminApi } from '../../api/admin';
import type { IVariable } from '../../api/admin-types';
import type { MeModel } from '../../models/me';
import { attempt } from '../../notify';
import { Button, IconButton, Link } from '../../parts/controls';
import type { ListModel } from '../list/list-model';
import { type IColumn, ListPage } from '../list/list-page';
import {
  addVariable,
  deleteVariable,
  editVariable,
  exportVariables,
  importVariables
} from './variable-dialogs';
import { isHidden } from './variable-form';

interface IProps {
  model: ListModel<IVariable>;
  api: AdminApi;
  me: MeModel;
}

const COLUMNS: IColumn[] = [
  { column: 'key', title: 'Key' },
  { column: '', title: 'Value' },
  { column: 'description', title: 'Description' }
];

/** Admin > Variables. */
export function VariablesView({ model, api, me }: IProps): JSX.Element {
  const refresh = (): Promise<void> => model.refresh();
  const tools = (
    <>
      {me.has('can_varimport') && (
        <Button text="Import" onClick={() => importVariables(api, refresh)} />
      )}
      {me.has('can_conf') && (
        <Button
          text="Export"
          title="Values are in clear in the file; the audit log keeps who took it"
          onClick={() => void exportVariables(api)}
        />
      )}
    </>
  );
  return (
    <ListPage
      model={model}
      title="Variables"
      noun={['variable', 'variables']}
      placeholder="Filter by key"
      columns={COLUMNS}
      empty="No variables yet. DAG files and tasks read them with Variable.get(key)."
      add={{ text: 'Add variable', run: () => void addVariable(api, refresh) }}
      tools={tools}
      row={variable => (
        <Row
          key={variable.key}
          variable={variable}
          api={api}
          mayReveal={me.has('can_conf')}
          refresh={refresh}
        />
      )}
    />
  );
}

interface IRowProps {
  variable: IVariable;
  api: AdminApi;
  mayReveal: boolean;
  refresh: () => Promise<void>;
}

function Row({ variable, api, mayReveal, refresh }: IRowProps): JSX.Element {
  const { key, description } = variable;
  const edit = (): void => void editVariable(api, variable, refresh);
  return (
    <tr data-variable={key} onDoubleClick={edit}>
      <td>
        <strong>{key}</strong>
      </td>
      <td className="couture-Variable-value">
        {isHidden(variable) ? (
          <Hidden variable={variable} api={api} mayReveal={mayReveal} />
        ) : (
          <code title={variable.value ?? ''}>{variable.value}</code>
        )}
      </td>
      <td>{description}</td>
      <td className="couture-Rows-actions">
        <IconButton icon={editIcon} label={`Edit ${key}`} onClick={edit} />
        <IconButton
          icon={deleteIcon}
          label={`Delete ${key}`}
          onClick={() => void deleteVariable(api, variable, refresh)}
        />
      </td>
    </tr>
  );
}

/** A hidden value, which can be switched to clear text by who may. */
function Hidden(props: Omit<IRowProps, 'refresh'>): JSX.Element {
  const { variable, api, mayReveal } = props;
  const [clear, setClear] = React.useState<string | null>(null);
  const reveal = (): void =>
    void attempt(async () => {
      setClear((await api.revealVariable(variable.key)).value);
    });
  return (
    <span className="couture-Hidden">
      {clear === null ? (
        <span aria-label="hidden">••••••</span>
      ) : (
        <code>{clear}</code>
      )}
      {mayReveal && (
        <Link
          text={clear === null ? 'Show in clear' : 'Hide'}
          onClick={clear === null ? reveal : () => setClear(null)}
        />
      )}
    </span>
  );
}
