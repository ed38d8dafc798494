import { corePlugin } from './plugins/core';
import { filesPlugin } from './plugins/files';
import { menuPlugin } from './plugins/menu';
import { notebookPlugin } from './plugins/notebook';
import { statusPlugin } from './plugins/status';
import { workflowPlugin } from './plugins/workflow';

export default [
  workflowPlugin,
  corePlugin,
  menuPlugin,
  filesPlugin,
  notebookPlugin,
  statusPlugin
];
