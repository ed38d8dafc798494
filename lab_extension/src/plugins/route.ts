import type { IRouter, JupyterFrontEnd } from '@jupyterlab/application';

import { CommandIDs } from '../tokens';

const PATTERN = /[?&]workflow=([^&#]*)/;

/** Links like `/lab?workflow=dag/<id>` open a DAG's page. */
export function addRoute(app: JupyterFrontEnd, router: IRouter): void {
  app.commands.addCommand(CommandIDs.route, {
    execute: () => {
      const { path = '', search = '', hash = '' } = router.current;
      const target = decodeURIComponent(PATTERN.exec(search)?.[1] ?? '');
      // Waiting for `restored` inside a routed command would hold up Lab's start.
      void app.restored.then(() => {
        router.navigate(path + withoutWorkflow(search) + hash, {
          skipRouting: true
        });
        return openTarget(app, target);
      });
    }
  });
  router.register({ command: CommandIDs.route, pattern: PATTERN });
}

function openTarget(app: JupyterFrontEnd, target: string): Promise<unknown> {
  const [kind, dagId] = target.split('/');
  return kind === 'dag' && dagId
    ? app.commands.execute(CommandIDs.openDag, { dag_id: dagId })
    : app.commands.execute(CommandIDs.openPanel);
}

function withoutWorkflow(search: string): string {
  const params = new URLSearchParams(search);
  params.delete('workflow');
  const text = params.toString();
  return text && `?${text}`;
}
