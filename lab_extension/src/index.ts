import { corePlugin } from './plugins/core';
import { menuPlugin } from './plugins/menu';
import { notebookPlugin } from './plugins/notebook';
import { statusPlugin } from './plugins/status';
import { workflowPlugin } from './plugins/workflow';

export default [
  workflowPlugin,
  corePlugin,
  menuPlugin,
  notebookPlugin,
  statusPlugin
];
