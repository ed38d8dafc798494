/** Opening files in Lab's own editor. */
import type { CodeEditor } from '@jupyterlab/codeeditor';
import type {
  DocumentRegistry,
  IDocumentWidget
} from '@jupyterlab/docregistry';
import type { CommandRegistry } from '@lumino/commands';
import type { Widget } from '@lumino/widgets';

import { DRIVE } from './drive/dag-drive';

type EditorDocument = IDocumentWidget<
  Widget & { editor?: CodeEditor.IEditor }
> & {
  context: DocumentRegistry.Context;
};

/** The path of a DAG file on the drive that has them all. */
export function dagFilePath(filePath: string): string {
  return `${DRIVE}:${filePath}`;
}

/** Open a file, with the cursor on the line if one is given. */
export async function openFile(
  commands: CommandRegistry,
  path: string,
  line: number | null = null
): Promise<void> {
  const options = line === null ? { path } : { path, factory: 'Editor' };
  const opened = (await commands.execute('docmanager:open', options)) as
    EditorDocument | undefined;
  if (!opened || line === null) {
    return;
  }
  await opened.context.ready;
  const editor = opened.content.editor;
  editor?.setCursorPosition({ line: line - 1, column: 0 });
  editor?.revealPosition({ line: line - 1, column: 0 });
  editor?.focus();
}
