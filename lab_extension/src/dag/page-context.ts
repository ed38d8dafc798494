import type { IEditorMimeTypeService } from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { DagModel, IDagArgs } from '../models/dag';
import type { IWorkflow } from '../tokens';

/** What renders an executed notebook; absent where Lab has no notebooks. */
export interface INotebookRendering {
  rendermime: IRenderMimeRegistry;
  contentFactory: NotebookPanel.IContentFactory;
  mimeTypeService: IEditorMimeTypeService;
}

/** What the parts of a DAG page need and may do. */
export interface IPageContext {
  readonly workflow: IWorkflow;
  readonly model: DagModel;
  readonly rendering: INotebookRendering | null;
  trigger: () => void;
  setPaused: (paused: boolean) => void;
  openMenu: (anchor: Element) => void;
  /** Open a DAG's page, at a run where one is named. */
  openRun: (args: IDagArgs) => void;
  /** Run a scheduled notebook as it is now from its next run on. */
  renew: () => Promise<unknown>;
  /** Open a file of the folder `dags`. */
  openDagFile: (filePath: string, line: number | null) => void;
  /** Open any file, by its path from the Lab root. */
  openPath: (path: string) => void;
  /** That path for a file below COUTURE_HOME or a whole path; null where Lab cannot reach it. */
  labPath: (path: string) => string | null;
}
