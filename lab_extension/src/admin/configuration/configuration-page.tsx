import { searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { AdminApi } from '../../api/admin';
import type { ISetting } from '../../api/admin-types';
import { sentence } from '../../api/errors';
import { Skeleton } from '../../panel/empty-list';
import { SearchBox } from '../../parts/controls';
import { useLoaded } from '../../parts/hooks';
import type { IWorkflow } from '../../tokens';
import type { IAdminContent } from '../admin-page';
import { settingsOf } from './settings';

const SOURCES = {
  file: 'couture_config.py',
  environment: 'environment',
  default: ''
};

export function configurationPage({ client }: IWorkflow): IAdminContent {
  return { element: <ConfigurationView api={client.admin} /> };
}

/** Admin > Configurations: the settings that hold, read only. */
function ConfigurationView({ api }: { api: AdminApi }): JSX.Element {
  const { value, error } = useLoaded(() => api.settings(), 'settings');
  const [search, setSearch] = React.useState('');
  return (
    <>
      <header className="couture-Header">
        <h1>Configurations</h1>
        {value && (
          <span className="couture-Secondary" title={value.file}>
            Read only: set in couture_config.py or by COUTURE_ variables, in
            force after a restart
          </span>
        )}
        <span className="couture-Header-space" />
        <span className="couture-Header-search">
          <SearchBox
            value={search}
            placeholder="Filter by name"
            icon={searchIcon}
            onChange={setSearch}
          />
        </span>
      </header>
      {error !== null && (
        <p className="couture-Problem" role="alert">
          {sentence(error)}
        </p>
      )}
      <div className="couture-Admin-body">
        {value ? (
          <Settings settings={settingsOf(value.settings, search)} />
        ) : (
          error === null && <Skeleton />
        )}
      </div>
    </>
  );
}

function Settings(props: { settings: [string, ISetting[]][] }): JSX.Element {
  return (
    <table className="couture-Table couture-Rows couture-Settings">
      <thead>
        <tr>
          <th>Setting</th>
          <th>Value</th>
          <th>Set in</th>
          <th>What it does</th>
        </tr>
      </thead>
      {props.settings.map(([section, settings]) => (
        <tbody key={section}>
          <tr className="couture-Settings-section">
            <th colSpan={4} scope="rowgroup">
              {section}
            </th>
          </tr>
          {settings.map(one => (
            <tr key={one.key} data-setting={one.key}>
              <td>
                <code>{one.key}</code>
              </td>
              <td>
                {one.value ? (
                  <code>{one.value}</code>
                ) : (
                  <span className="couture-Secondary">not set</span>
                )}
              </td>
              <td>{SOURCES[one.source]}</td>
              <td className="couture-Secondary">{one.help}</td>
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}
