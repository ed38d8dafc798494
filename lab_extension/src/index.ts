import { corePlugin } from './plugins/core';
import { workflowPlugin } from './plugins/workflow';

export default [workflowPlugin, corePlugin];
