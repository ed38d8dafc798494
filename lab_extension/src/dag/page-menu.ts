import type { Client } from '../api/client';
import type { DagModel } from '../models/dag';
import { attempt } from '../notify';
import type { IMenuEntry } from '../parts/menu';
import { refusal } from '../rights';

interface IActions {
  openFile: () => void;
  renew: () => void;
  openNotebook: (path: string) => void;
}

/** What the page's "More" menu offers. */
export function pageMenu(
  model: DagModel,
  client: Client,
  { openFile, renew, openNotebook }: IActions
): (IMenuEntry | null)[] {
  const { detail, graph, dagId } = model;
  const rights = detail?.rights ?? [];
  const entries: (IMenuEntry | null)[] = [
    { label: 'Open DAG file', run: openFile },
    {
      label: 'Copy link',
      run: () => void navigator.clipboard.writeText(deepLink(dagId))
    }
  ];
  const notebook = detail?.notebook;
  if (notebook) {
    entries.push(
      { label: 'Open notebook', run: () => openNotebook(notebook.path) },
      { label: 'Update schedule from notebook', run: renew }
    );
  }
  const run = graph?.run;
  if (run) {
    const mark = (state: string) => (): void =>
      void attempt(() => client.setRunState(dagId, run.run_id, state));
    const refused = refusal(rights, 'mark');
    entries.push(
      null,
      { label: 'Mark run success', refusal: refused, run: mark('success') },
      { label: 'Mark run failed', refusal: refused, run: mark('failed') }
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
