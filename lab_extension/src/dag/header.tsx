import { ellipsesIcon, runIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IDagDetail, IRun } from '../api/types';
import { Button, IconButton, Switch } from '../parts/controls';
import { useNow } from '../parts/hooks';
import { StateBadge } from '../parts/state-mark';
import { refusal } from '../rights';
import { stateWords } from '../words/states';
import { capital, duration, elapsed, moment, until, utc } from '../words/time';

interface IHeaderProps {
  detail: IDagDetail;
  run: IRun | null;
  trigger: () => void;
  setPaused: (paused: boolean) => void;
  openMenu: (anchor: Element) => void;
}

/** Name, state, schedule in words, next run; the switch and the trigger. */
export function Header(props: IHeaderProps): JSX.Element {
  const { detail, run, trigger, setPaused, openMenu } = props;
  const now = useNow(true);
  const { schedule, is_paused, rights } = detail;
  const zone =
    schedule.raw && schedule.timezone !== 'UTC' ? `, ${schedule.timezone}` : '';
  return (
    <header className="couture-Header">
      <h1 title={detail.description ?? undefined}>{detail.display_name}</h1>
      {run && <StateBadge state={run.state} text={runWords(run, now)} />}
      <span className="couture-Header-facts">
        <span title={schedule.raw ?? undefined}>
          {capital(schedule.text) + zone}
        </span>
        {detail.next_run_after && !is_paused && (
          <span title={utc(detail.next_run_after)}>
            Next run {moment(detail.next_run_after, now)},{' '}
            {until(detail.next_run_after, now)}
          </span>
        )}
      </span>
      <label className="couture-Header-switch" title={refusal(rights, 'pause')}>
        <Switch
          checked={!is_paused}
          label={
            is_paused
              ? 'Paused: creates no runs by itself'
              : 'On: runs by its schedule'
          }
          disabled={Boolean(refusal(rights, 'pause'))}
          onChange={on => setPaused(!on)}
        />
        {is_paused ? 'Paused' : 'On'}
      </label>
      {!refusal(rights, 'trigger') && (
        <Button
          text="Trigger"
          kind="primary"
          icon={runIcon}
          onClick={trigger}
        />
      )}
      <IconButton
        icon={ellipsesIcon}
        label="More"
        onClick={event => openMenu(event.currentTarget)}
      />
    </header>
  );
}

function runWords(run: IRun, now: Date): string {
  if (run.state === 'running' && run.start_date) {
    return `Running for ${elapsed((now.getTime() - Date.parse(run.start_date)) / 1000)}`;
  }
  const took = duration(run.duration);
  return took ? `${stateWords(run.state)} in ${took}` : stateWords(run.state);
}
