import { Token } from '@lumino/coreutils';

import type { Client } from './api/client';
import type { Live } from './api/live';
import type { DagsModel } from './models/dags';
import type { StatusModel } from './models/status';

/** What every part of the extension shares: one client, one socket, two models. */
export interface IWorkflow {
  readonly client: Client;
  readonly live: Live;
  readonly dags: DagsModel;
  readonly status: StatusModel;
}

export const IWorkflow = new Token<IWorkflow>(
  'couture-workflow:IWorkflow',
  'The client of the workflow service, its live changes and the models kept fresh by them.'
);

export namespace CommandIDs {
  export const openPanel = 'couture:open-panel';
  export const openDag = 'couture:open-dag';
  export const openFile = 'couture:open-file';
  export const refresh = 'couture:refresh-dags';
  export const trigger = 'couture:trigger-dag';
  export const togglePause = 'couture:toggle-pause';
  export const route = 'couture:open-route';
  export const schedule = 'couture:schedule-notebook';
  export const renewSchedule = 'couture:renew-schedule';
  export const previousRun = 'couture:previous-run';
  export const nextRun = 'couture:next-run';
  export const showLog = 'couture:show-log';
  export const showWhy = 'couture:show-why';
  export const closeTask = 'couture:close-task';
}
