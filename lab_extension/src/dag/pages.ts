/** Opens DAG pages: one for each DAG, brought to the front when asked for again. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification, WidgetTracker } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';

import { labPath } from '../drive/lab-path';
import { dagFilePath, openFile } from '../files';
import { DagModel, type IDagArgs } from '../models/dag';
import { attempt } from '../notify';
import { askAndTrigger } from '../params/trigger-dialog';
import { openMenu } from '../parts/menu';
import { CommandIDs, type IWorkflow } from '../tokens';
import { DagPage } from './dag-page';
import type { INotebookRendering, IPageContext } from './page-context';
import { pageMenu } from './page-menu';

export class Pages {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly workflow: IWorkflow,
    private readonly rendering: INotebookRendering | null
  ) {}

  readonly tracker = new WidgetTracker<DagPage>({ namespace: 'couture-dags' });

  get currentModel(): DagModel | null {
    return this.tracker.currentWidget?.model ?? null;
  }

  open(args: IDagArgs): DagPage {
    let page = this.find(args.dag_id);
    if (page) {
      page.model.show(args);
    } else {
      page = this.create(args);
    }
    this.app.shell.activateById(page.id);
    return page;
  }

  /** Start a run; asks for parameters where the DAG has some. */
  async trigger(dagId: string): Promise<void> {
    await attempt(async () => {
      const detail = await this.workflow.client.dag(dagId);
      const start = async (
        conf: Parameters<DagModel['trigger']>[0]
      ): Promise<void> => {
        const page = this.find(dagId);
        await (page
          ? page.model.trigger(conf)
          : this.workflow.client.trigger(dagId, conf));
      };
      await (Object.keys(detail.params).length
        ? askAndTrigger(detail, start)
        : start({}));
      if (detail.is_paused && !this.find(dagId)) {
        this.offerSwitch(dagId);
      }
    });
  }

  private find(dagId: string): DagPage | undefined {
    return this.tracker.find(page => page.model.dagId === dagId);
  }

  /** Where no page says it: a run of a paused DAG waits. */
  private offerSwitch(dagId: string): void {
    Notification.info(
      `${dagId} is paused: a new run waits until it is switched on.`,
      {
        autoClose: 8000,
        actions: [
          {
            label: 'Switch on',
            callback: () =>
              void attempt(() => this.workflow.dags.setPaused(dagId, false))
          }
        ]
      }
    );
  }

  private create(args: IDagArgs): DagPage {
    const model = new DagModel(this.workflow.client, this.workflow.live, args);
    const page = new DagPage(this.context(model));
    this.app.shell.add(page, 'main');
    void this.tracker.add(page);
    model.changed.connect(() => void this.tracker.save(page));
    return page;
  }

  private context(model: DagModel): IPageContext {
    const { workflow, rendering } = this;
    const { commands } = this.app;
    const openDagFile = (path: string, line: number | null): void =>
      void attempt(() => openFile(commands, dagFilePath(path), line));
    const openPath = (path: string): void =>
      void attempt(() => openFile(commands, path));
    const reach = (path: string): string | null =>
      labPath(
        path,
        workflow.status.status?.home ?? '',
        labRoots(workflow.me.isSolo)
      );
    const execute = (command: string): Promise<unknown> =>
      commands.execute(command, { dag_id: model.dagId });
    const renew = (): Promise<unknown> => execute(CommandIDs.renewSchedule);
    return {
      workflow,
      model,
      rendering,
      openDagFile,
      openPath,
      labPath: reach,
      renew,
      openRun: args => void this.open(args),
      trigger: () => void this.trigger(model.dagId),
      setPaused: paused => void attempt(() => model.setPaused(paused)),
      openMenu: anchor =>
        openMenu(
          anchor,
          pageMenu(model, workflow.client, {
            openFile: () => openDagFile(model.detail?.file_path ?? '', null),
            renew: () => void renew(),
            openNotebook: openPath,
            backfill: () => void execute(CommandIDs.backfill),
            simulate: () => void execute(CommandIDs.simulate),
            labPath: reach
          })
        )
    };
  }
}

/** Only who is alone has the same home folder as the service. */
function labRoots(isSolo: boolean): string[] {
  const whole = PageConfig.getOption('coutureRoot');
  return isSolo ? [whole, PageConfig.getOption('serverRoot')] : [whole];
}
