import { corePlugin } from './plugins/core';
import { notebookPlugin } from './plugins/notebook';
import { statusPlugin } from './plugins/status';
import { workflowPlugin } from './plugins/workflow';

export default [workflowPlugin, corePlugin, notebookPlugin, statusPlugin];
