import * as React from 'react';

import type { IDagDetail, INotebookSchedule } from '../api/types';
import { Link } from '../parts/controls';
import { useLoaded } from '../parts/hooks';
import { refusal } from '../rights';
import { moment, utc } from '../words/time';
import type { IPageContext } from './page-context';

interface IProps {
  context: IPageContext;
  detail: IDagDetail;
}

/** Says when a scheduled notebook was changed since the copy that runs was made. */
export function NotebookNote({ context, detail }: IProps): JSX.Element | null {
  const { client } = context.workflow;
  const { dag_id, version_number } = detail;
  const [renewals, setRenewals] = React.useState(0);
  const load = async (): Promise<INotebookSchedule | undefined> =>
    (await client.notebookSchedules()).find(each => each.dag_id === dag_id);
  const { value } = useLoaded(load, `${dag_id} ${version_number} ${renewals}`);
  if (!value?.is_stale) {
    return null;
  }
  const renew = async (): Promise<void> => {
    await context.renew();
    setRenewals(renewals + 1);
  };
  return (
    <p className="couture-Note" role="status">
      <span title={utc(value.renewed_at)}>
        {value.path} was changed since it was scheduled. Runs use the copy of{' '}
        {moment(value.renewed_at, new Date())}.
      </span>
      {!refusal(detail.rights, 'edit') && (
        <>
          <Link text="Use it as it is now" onClick={() => void renew()} />
          <Link
            text="Open notebook"
            onClick={() => context.openPath(value.path)}
          />
        </>
      )}
    </p>
  );
}
