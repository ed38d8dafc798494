import { Token } from '@lumino/coreutils';

import type { Client } from './api/client';
import type { Live } from './api/live';
import type { DagsModel } from './models/dags';
import type { MeModel } from './models/me';
import type { StatusModel } from './models/status';

/** What every part of the extension shares: one client, one socket, the models. */
export interface IWorkflow {
  readonly client: Client;
  readonly live: Live;
  readonly me: MeModel;
  readonly dags: DagsModel;
  readonly status: StatusModel;
}

export const IWorkflow = new Token<IWorkflow>(
  'couture-workflow:IWorkflow',
  'The client of the workflow service, its live changes and the models kept fresh by them.'
);

export const CommandIDs = {
  openPanel: 'couture:open-panel',
  openDag: 'couture:open-dag',
  openFile: 'couture:open-file',
  refresh: 'couture:refresh-dags',
  trigger: 'couture:trigger-dag',
  togglePause: 'couture:toggle-pause',
  backfill: 'couture:new-backfill',
  simulate: 'couture:simulate-dag',
  route: 'couture:open-route',
  schedule: 'couture:schedule-notebook',
  renewSchedule: 'couture:renew-schedule',
  previousRun: 'couture:previous-run',
  nextRun: 'couture:next-run',
  showLog: 'couture:show-log',
  showWhy: 'couture:show-why',
  closeTask: 'couture:close-task'
} as const;
