import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { Client } from '../api/client';
import { Live } from '../api/live';
import { Requests } from '../api/requests';
import { DagsModel } from '../models/dags';
import { MeModel } from '../models/me';
import { StatusModel } from '../models/status';
import { IWorkflow } from '../tokens';

/** Provides the client, the socket and the models, once. */
export const workflowPlugin: JupyterFrontEndPlugin<IWorkflow> = {
  id: 'couture-workflow:workflow',
  description: 'The client of the workflow service and its live models.',
  provides: IWorkflow,
  autoStart: true,
  activate: (app: JupyterFrontEnd): IWorkflow => {
    const { serverSettings } = app.serviceManager;
    const client = new Client(new Requests(serverSettings));
    const live = new Live(serverSettings);
    const me = new MeModel(client, live);
    const dags = new DagsModel(client, live);
    const status = new StatusModel(client, live);
    live.connect();
    return { client, live, me, dags, status };
  }
};
