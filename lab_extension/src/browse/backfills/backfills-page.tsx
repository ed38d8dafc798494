import * as React from 'react';

import type { IAdminContent, OpenRun } from '../../admin/admin-page';
import type { IWorkflow } from '../../tokens';
import { BackfillsModel } from './backfills-model';
import { BackfillsView } from './backfills-view';

export function backfillsPage(
  workflow: IWorkflow,
  openRun: OpenRun
): IAdminContent {
  const model = new BackfillsModel(workflow.client, workflow.live);
  const element = (
    <BackfillsView model={model} workflow={workflow} openRun={openRun} />
  );
  return { element, model };
}
