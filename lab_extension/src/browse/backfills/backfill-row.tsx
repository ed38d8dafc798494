import {
  caretDownIcon,
  caretRightIcon,
  closeIcon,
  runIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { AutomationApi } from '../../api/automation';
import type { IBackfill } from '../../api/automation-types';
import type { IDag } from '../../api/types';
import type { OpenRun } from '../../admin/admin-page';
import { IconButton, Link } from '../../parts/controls';
import { pauseIcon } from '../../parts/icons';
import { StateMark, stateClass } from '../../parts/state-mark';
import { RIGHTS } from '../../rights';
import { stateWords } from '../../words/states';
import { capital, moment, utc } from '../../words/time';
import { BackfillDates } from './backfill-dates';
import { orderWords, progressOf, standing } from './progress';

interface IProps {
  backfill: IBackfill;
  /** Absent where no file defines it any more. */
  dag: IDag | undefined;
  api: AutomationApi;
  act: (action: 'pause' | 'unpause' | 'cancel') => void;
  openRun: OpenRun;
  switchOn: () => void;
}

const COLUMNS = 8;

/** One backfill; opened, it shows its dates. */
export function BackfillRow(props: IProps): JSX.Element {
  const { backfill, dag, api, openRun } = props;
  const [isOpen, setOpen] = React.useState(false);
  const { dag_id, created_at, user } = backfill;
  const isHeld = (dag?.is_paused ?? false) && !backfill.completed_at;
  const mayPause = dag?.rights.includes(RIGHTS.pause);
  const [state, words] = standing(backfill, isHeld);
  return (
    <>
      <tr data-backfill={backfill.id}>
        <td>
          <span className="couture-Marked">
            <IconButton
              icon={isOpen ? caretDownIcon : caretRightIcon}
              label={`Dates of the backfill of ${dag_id}`}
              pressed={isOpen}
              onClick={() => setOpen(!isOpen)}
            />
            <Link text={dag_id} onClick={() => openRun({ dag_id })} />
          </span>
        </td>
        <Moment iso={backfill.from_date} />
        <Moment iso={backfill.to_date} />
        <td>
          <span className="couture-Marked">
            <StateMark state={state} size={14} />
            {words}
            {isHeld && mayPause && (
              <Link text="Switch on" onClick={props.switchOn} />
            )}
          </span>
        </td>
        <td>
          <Progress backfill={backfill} />
        </td>
        <td>{capital(orderWords(backfill))}</td>
        <td className="couture-Moment" title={utc(created_at)}>
          {capital(moment(created_at, new Date()))}
          {user && <span className="couture-Secondary"> by {user}</span>}
        </td>
        <td className="couture-Rows-actions">
          <Actions {...props} />
        </td>
      </tr>
      {isOpen && (
        <tr className="couture-Backfill-dates">
          <td colSpan={COLUMNS}>
            <BackfillDates backfill={backfill} api={api} openRun={openRun} />
          </td>
        </tr>
      )}
    </>
  );
}

function Moment({ iso }: { iso: string }): JSX.Element {
  return (
    <td className="couture-Moment" title={utc(iso)}>
      {capital(moment(iso, new Date()))}
    </td>
  );
}

function Progress({ backfill }: { backfill: IBackfill }): JSX.Element {
  const { done, total, shares, words } = progressOf(backfill);
  return (
    <span className="couture-Marked">
      <span
        className="couture-Progress"
        role="progressbar"
        aria-label={`Runs of the backfill of ${backfill.dag_id}`}
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuetext={words}
      >
        {shares.map(({ state, runs, percent }) => (
          <span
            key={state}
            className={stateClass(state)}
            style={{ width: `${percent}%` }}
            title={`${runs} ${stateWords(state).toLowerCase()}`}
          />
        ))}
      </span>
      {words}
    </span>
  );
}

/** For those who may, while it is not over. */
function Actions({ backfill, dag, act }: IProps): JSX.Element | null {
  const { dag_id, is_paused, completed_at } = backfill;
  if (completed_at || !dag?.rights.includes(RIGHTS.trigger)) {
    return null;
  }
  return (
    <>
      <IconButton
        icon={is_paused ? runIcon : pauseIcon}
        label={`${is_paused ? 'Go on with' : 'Pause'} the backfill of ${dag_id}`}
        onClick={() => act(is_paused ? 'unpause' : 'pause')}
      />
      <IconButton
        icon={closeIcon}
        label={`Cancel the backfill of ${dag_id}`}
        onClick={() => act('cancel')}
      />
    </>
  );
}
