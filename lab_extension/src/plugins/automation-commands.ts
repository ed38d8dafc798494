import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';

import { MENU_COMMANDS } from '../menu/entries';
import type { SimulatePage } from '../simulate/simulate-page';
import { CommandIDs, type IWorkflow } from '../tokens';

type Add = (
  id: string,
  options: Parameters<JupyterFrontEnd['commands']['addCommand']>[1]
) => void;

/** Backfills and simulations of the DAG that is named, or that is in front. */
export function addAutomationCommands(
  app: JupyterFrontEnd,
  workflow: IWorkflow,
  add: Add,
  current: () => string | null,
  restorer: ILayoutRestorer | null
): void {
  const named = (args: Record<string, unknown>): string | null =>
    (args.dag_id as string | undefined) ?? current();
  add(CommandIDs.backfill, {
    label: 'New Backfill…',
    isVisible: () => workflow.me.has('can_trigger'),
    execute: async args => {
      const { addBackfill, backfillable } =
        await import('../browse/backfills/backfill-dialog');
      const dagId = named(args) ?? '';
      const isOffered = backfillable(workflow.dags.rows).some(
        dag => dag.dag_id === dagId
      );
      if (await addBackfill(workflow, isOffered ? dagId : '')) {
        await app.commands.execute(MENU_COMMANDS.openPage, {
          page: 'backfills'
        });
      }
    }
  });
  const pages = new WidgetTracker<SimulatePage>({
    namespace: 'couture-simulate'
  });
  add(CommandIDs.simulate, {
    label: 'Simulate…',
    isVisible: () => workflow.me.has('can_dag_details'),
    isEnabled: args => named(args) !== null,
    execute: async args => {
      const dagId = named(args);
      if (dagId) {
        await openSimulation(app, workflow, pages, dagId);
      }
    }
  });
  void restorer?.restore(pages, {
    command: CommandIDs.simulate,
    args: page => ({ dag_id: page.model.dagId }),
    name: page => page.model.dagId
  });
}

async function openSimulation(
  app: JupyterFrontEnd,
  { client }: IWorkflow,
  pages: WidgetTracker<SimulatePage>,
  dagId: string
): Promise<void> {
  const { SimulatePage } = await import('../simulate/simulate-page');
  const { SimulateModel } = await import('../simulate/simulate-model');
  let page = pages.find(one => one.model.dagId === dagId);
  if (!page) {
    const openDag = (): void =>
      void app.commands.execute(CommandIDs.openDag, { dag_id: dagId });
    page = new SimulatePage(new SimulateModel(client, dagId), openDag);
    app.shell.add(page, 'main');
    void pages.add(page);
  }
  app.shell.activateById(page.id);
}
