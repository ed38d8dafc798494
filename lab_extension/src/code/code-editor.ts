/** Read-only Python in Lab's colours. */
import { python } from '@codemirror/lang-python';
import { syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { jupyterHighlightStyle, jupyterTheme } from '@jupyterlab/codemirror';

/** Show source in the host; the returned view is the caller's to destroy. */
export function showPython(
  host: HTMLElement,
  source: string,
  label: string
): EditorView {
  return new EditorView({
    parent: host,
    state: EditorState.create({
      doc: source,
      extensions: [
        lineNumbers(),
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({
          'aria-label': label,
          'aria-readonly': 'true'
        }),
        jupyterTheme,
        syntaxHighlighting(jupyterHighlightStyle),
        python()
      ]
    })
  });
}
