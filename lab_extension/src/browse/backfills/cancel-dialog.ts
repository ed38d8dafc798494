import { Dialog, showDialog } from '@jupyterlab/apputils';

import type { IBackfill } from '../../api/automation-types';
import { count } from '../../words/time';

/** Ask before a backfill ends, saying what it touches. */
export async function askCancel(backfill: IBackfill): Promise<boolean> {
  const { waiting = 0, queued = 0, running = 0 } = backfill.counts;
  const effects = [
    waiting && `${count(waiting, 'run')} will not be made.`,
    queued &&
      `${count(queued, 'queued run')} ${queued === 1 ? 'fails' : 'fail'}.`,
    running &&
      `${count(running, 'run')} ${running === 1 ? 'goes' : 'go'} on to ${running === 1 ? 'its' : 'their'} end.`
  ];
  const answer = await showDialog({
    title: `Cancel the backfill of ${backfill.dag_id}?`,
    body: effects.filter(Boolean).join(' '),
    buttons: [
      Dialog.cancelButton({ label: 'Keep it' }),
      Dialog.warnButton({ label: 'Cancel the backfill' })
    ],
    defaultButton: 0
  });
  return answer.button.accept;
}
