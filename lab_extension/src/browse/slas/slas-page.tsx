import * as React from 'react';

import type { IAdminContent, OpenRun } from '../../admin/admin-page';
import type { IWorkflow } from '../../tokens';
import { SlasModel } from './slas-model';
import { SlasView } from './slas-view';

export function slasPage(workflow: IWorkflow, openRun: OpenRun): IAdminContent {
  const model = new SlasModel(workflow.client.automation);
  const element = (
    <SlasView model={model} workflow={workflow} openRun={openRun} />
  );
  return { element, model };
}
