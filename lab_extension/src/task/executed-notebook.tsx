import type * as nbformat from '@jupyterlab/nbformat';
import { NotebookModel, StaticNotebook } from '@jupyterlab/notebook';
import type { JSONObject } from '@lumino/coreutils';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { INotebookRendering } from '../dag/page-context';
import { FRAME_FACTORY } from './html-frame';

interface IProps {
  content: JSONObject;
  rendering: INotebookRendering;
}

/** Renders a notebook with Lab's own cells; nothing in it can be changed or run. */
export function ExecutedNotebook({ content, rendering }: IProps): JSX.Element {
  const host = React.useRef<HTMLDivElement>(null);
  // A layout effect: its clean-up runs while the host is still in the document.
  React.useLayoutEffect(() => {
    const node = host.current;
    if (!node) {
      return;
    }
    const notebook = createNotebook(content, rendering);
    Widget.attach(notebook, node);
    const observer = new ResizeObserver(() =>
      MessageLoop.sendMessage(notebook, Widget.ResizeMessage.UnknownSize)
    );
    observer.observe(node);
    return () => {
      observer.disconnect();
      notebook.model?.dispose();
      notebook.dispose();
    };
  }, [content, rendering]);
  return <div ref={host} className="couture-Notebook-host" />;
}

function createNotebook(
  content: JSONObject,
  rendering: INotebookRendering
): StaticNotebook {
  const { contentFactory, mimeTypeService } = rendering;
  const rendermime = rendering.rendermime.clone();
  FRAME_FACTORY.mimeTypes.forEach(type => rendermime.removeMimeType(type));
  rendermime.removeMimeType('application/javascript');
  rendermime.removeMimeType('text/javascript');
  rendermime.addFactory(FRAME_FACTORY);
  const notebook = new StaticNotebook({
    rendermime,
    contentFactory,
    mimeTypeService,
    notebookConfig: {
      ...StaticNotebook.defaultNotebookConfig,
      windowingMode: 'none'
    }
  });
  const model = new NotebookModel();
  model.fromJSON(locked(content));
  model.readOnly = true;
  notebook.model = model;
  return notebook;
}

/** The same notebook, each cell marked as not editable; what it says of being trusted is not believed. */
function locked(content: JSONObject): nbformat.INotebookContent {
  const notebook = content as unknown as nbformat.INotebookContent;
  const cells = notebook.cells.map(cell => ({
    ...cell,
    metadata: { ...cell.metadata, editable: false, trusted: false }
  }));
  return { ...notebook, cells } as nbformat.INotebookContent;
}
