import {
  downloadIcon,
  refreshIcon,
  searchIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { attempt } from '../../notify';
import { Button, IconButton, SearchBox } from '../../parts/controls';
import { download } from '../../parts/download';
import { useSignal } from '../../parts/hooks';
import { Pager } from '../../parts/pager';
import { Skeleton } from '../../panel/empty-list';
import { AuditFilters } from './audit-filters';
import { type AuditModel, PAGE_SIZE } from './audit-model';
import { AuditTable } from './audit-table';

/** Browse > Audit Logs: who did what, from where, allowed or refused. */
export function AuditView({ model }: { model: AuditModel }): JSX.Element {
  useSignal(model.changed);
  const save = (): void =>
    void attempt(async () => {
      const day = new Date().toISOString().slice(0, 10);
      download(await model.export(), `audit-logs-${day}.csv`);
    });
  return (
    <>
      <header className="couture-Header">
        <h1>Audit logs</h1>
        <span className="couture-Header-count">{model.total}</span>
        <span className="couture-Header-space" />
        <span className="couture-Header-search">
          <SearchBox
            value={model.form.search}
            placeholder="Search users, events, DAGs"
            icon={searchIcon}
            onChange={search => model.filter({ search })}
          />
        </span>
        <IconButton
          icon={refreshIcon}
          label="Read again"
          onClick={() => void model.refresh()}
        />
        <Button
          text="Export"
          icon={downloadIcon}
          title="All entries that the filter finds, as CSV"
          onClick={save}
        />
      </header>
      <AuditFilters model={model} />
      {model.error && (
        <p className="couture-Problem" role="alert">
          {model.error}
        </p>
      )}
      <div className="couture-Admin-body">
        {model.isLoaded ? <AuditTable model={model} /> : <Skeleton />}
      </div>
      <Pager
        total={model.total}
        offset={model.offset}
        size={PAGE_SIZE}
        noun={['entry', 'entries']}
        onMove={offset => model.setOffset(offset)}
      />
    </>
  );
}
