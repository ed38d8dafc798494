import type { Client } from '../api/client';
import type { IDag } from '../api/types';
import type { DagModel } from '../models/dag';
import { attempt } from '../notify';
import type { IMenuEntry } from '../parts/menu';
import { refusal } from '../rights';
import { CommandIDs } from '../tokens';

interface IActions {
  openFile: () => void;
  renew: () => void;
  openNotebook: (path: string) => void;
  labPath: (path: string) => string | null;
  backfill: () => void;
  simulate: () => void;
}

/** What the page's "More" menu offers. */
export function pageMenu(
  model: DagModel,
  client: Client,
  { openFile, renew, openNotebook, labPath, ...actions }: IActions
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
  const more: IMenuEntry[] = [];
  if (!refusal(rights, 'details')) {
    more.push({ label: 'Simulate…', run: actions.simulate });
  }
  if (detail?.schedule.raw && !refusal(rights, 'trigger')) {
    more.push({ label: 'Backfill…', run: actions.backfill });
  }
  if (more.length) {
    entries.push(null, ...more);
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

/** What a row of the side panel offers beside its buttons. */
export function rowMenu(
  { dag_id, rights, schedule }: IDag,
  execute: (command: string) => void
): (IMenuEntry | null)[] {
  const entries: (IMenuEntry | null)[] = [];
  if (!refusal(rights, 'details')) {
    entries.push({
      label: 'Simulate…',
      run: () => execute(CommandIDs.simulate)
    });
  }
  if (schedule.raw && !refusal(rights, 'trigger')) {
    entries.push({
      label: 'Backfill…',
      run: () => execute(CommandIDs.backfill)
    });
  }
  const copy = (): void => void navigator.clipboard.writeText(deepLink(dag_id));
  const line = entries.length ? [null] : [];
  return [...entries, ...line, { label: 'Copy link', run: copy }];
}

function deepLink(dagId: string): string {
  const url = new URL(window.location.href);
  url.search = `?workflow=dag/${encodeURIComponent(dagId)}`;
  url.hash = '';
  url.pathname = url.pathname.replace(/\/lab(\/.*)?$/, '/lab');
  return url.href;
}
