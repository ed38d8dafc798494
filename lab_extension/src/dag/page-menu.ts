import type { Client } from '../api/client';
import type { DagModel } from '../models/dag';
import { attempt } from '../notify';
import type { IMenuEntry } from '../parts/menu';
import { refusal } from '../rights';

interface IActions {
  openFile: () => void;
  renew: () => void;
  openNotebook: (path: string) => void;
  labPath: (path: string) => string | null;
}

/** What the page's "More" menu offers. */
export function pageMenu(
  model: DagModel,
  client: Client,
  { openFile, renew, openNotebook, labPath }: IActions
): (IMenuEntry | null)[] {
  const { detail, graph, dagId } = model;
  const rights = detail?.rights ?? [];
  const mayEdit = !refusal(rights, 'edit');
  const entries: (IMenuEntry | null)[] = [
    {
      label: 'Copy link',
      run: () => void navigator.clipboard.writeText(deepLink(dagId))
    }
  ];
  if (mayEdit) {
    entries.unshift({ label: 'Open DAG file', run: openFile });
  }
  const notebook = detail?.notebook;
  if (notebook && mayEdit) {
    const path = labPath(notebook.path);
    if (path) {
      entries.push(
        { label: 'Open notebook', run: () => openNotebook(path) },
        { label: 'Update schedule from notebook', run: renew }
      );
    }
  }
  const run = graph?.run;
  if (run && !refusal(rights, 'mark')) {
    const mark = (state: string) => (): void =>
      void attempt(() => client.setRunState(dagId, run.run_id, state));
    entries.push(
      null,
      { label: 'Mark run success', run: mark('success') },
      { label: 'Mark run failed', run: mark('failed') }
    );
  }
  return entries;
}

function deepLink(dagId: string): string {
  const url = new URL(window.location.href);
  url.search = `?workflow=dag/${encodeURIComponent(dagId)}`;
  url.hash = '';
  url.pathname = url.pathname.replace(/\/lab(\/.*)?$/, '/lab');
  return url.href;
}
