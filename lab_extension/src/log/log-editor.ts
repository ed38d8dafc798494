/** A log in a read-only CodeMirror: time and level in the gutter, messages as the text. */
import {
  EditorState,
  type Extension,
  RangeSetBuilder
} from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  gutter,
  GutterMarker,
  lineNumbers,
  ViewPlugin,
  type ViewUpdate
} from '@codemirror/view';
import { jupyterTheme } from '@jupyterlab/codemirror';

import { clockSeconds } from '../words/time';
import { type ILogLine, type LogFilter, passes } from './log-lines';

export interface ILogEvents {
  /** Whether the last line is in view, and how many lines came since it was not. */
  onEnd: (atEnd: boolean, news: number) => void;
}

const END_MARGIN = 24;

export class LogEditor {
  constructor(
    host: HTMLElement,
    private readonly events: ILogEvents
  ) {
    this.view = new EditorView({ parent: host, state: this.createState('') });
    this.view.scrollDOM.addEventListener('scroll', () => this.onScroll());
  }

  readonly view: EditorView;

  /** Add lines at the end; the view follows while it is at its end. */
  append(lines: readonly ILogLine[]): void {
    const shown = lines.filter(line => passes(line, this._filter));
    if (!shown.length) {
      return;
    }
    const isFirst = this._shown.length === 0;
    this._shown.push(...shown);
    const text = shown.map(line => line.text).join('\n');
    const length = this.view.state.doc.length;
    this.view.dispatch({
      changes: { from: length, insert: isFirst ? text : `\n${text}` }
    });
    this._news += this._atEnd ? 0 : shown.length;
    if (this._atEnd) {
      this.toEnd();
    } else {
      this.events.onEnd(false, this._news);
    }
  }

  /** Show these lines instead, under a filter. */
  reset(lines: readonly ILogLine[], filter: LogFilter): void {
    this._filter = filter;
    this._shown = lines.filter(line => passes(line, filter));
    this.view.setState(
      this.createState(this._shown.map(line => line.text).join('\n'))
    );
    this._atEnd = true;
    this.toEnd();
  }

  toEnd(): void {
    this._atEnd = true;
    this._news = 0;
    this.view.dispatch({
      effects: EditorView.scrollIntoView(this.view.state.doc.length, {
        y: 'end'
      })
    });
    this.events.onEnd(true, 0);
  }

  /** Light up all hits and go to the next one; the number of hits is returned. */
  search(query: string, step: 0 | 1 | -1): number {
    const text = this.view.state.doc.toString().toLowerCase();
    const words = query.toLowerCase();
    this._query = words;
    const hits = words ? allIndexes(text, words) : [];
    if (hits.length) {
      this._hit = (this._hit + step + hits.length) % hits.length;
      const from = hits[this._hit];
      this._atEnd = false;
      this.view.dispatch({
        selection: { anchor: from, head: from + words.length },
        effects: EditorView.scrollIntoView(from, { y: 'center' })
      });
    } else {
      this._hit = 0;
      this.view.dispatch({});
    }
    return hits.length;
  }

  /** The whole text that is shown. */
  get text(): string {
    return this.view.state.doc.toString();
  }

  destroy(): void {
    this.view.destroy();
  }

  private createState(doc: string): EditorState {
    return EditorState.create({ doc, extensions: this.extensions() });
  }

  private extensions(): Extension {
    const at = (n: number): ILogLine | undefined => this._shown[n - 1];
    return [
      lineNumbers({ formatNumber: n => String(at(n)?.number ?? n) }),
      gutter({
        class: 'couture-Log-times',
        lineMarker: (view, block) => {
          const line = at(view.state.doc.lineAt(block.from).number);
          return line?.time ? new TimeMarker(line) : null;
        },
        initialSpacer: () => new TimeMarker(WIDEST)
      }),
      tones(at, () => this._query),
      EditorState.readOnly.of(true),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({
        'aria-label': 'Log',
        'aria-readonly': 'true'
      }),
      jupyterTheme
    ];
  }

  private onScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.view.scrollDOM;
    const atEnd = scrollHeight - scrollTop - clientHeight < END_MARGIN;
    if (atEnd !== this._atEnd) {
      this._atEnd = atEnd;
      this._news = atEnd ? 0 : this._news;
      this.events.onEnd(atEnd, this._news);
    }
  }

  private _shown: ILogLine[] = [];
  private _filter: LogFilter = 'all';
  private _atEnd = true;
  private _news = 0;
  private _query = '';
  private _hit = 0;
}

const WIDEST: ILogLine = {
  number: 0,
  time: '2026-01-01T00:00:00Z',
  level: 'error',
  tone: null,
  text: ''
};

class TimeMarker extends GutterMarker {
  constructor(private readonly line: ILogLine) {
    super();
  }

  override eq(other: TimeMarker): boolean {
    return (
      other.line.time === this.line.time && other.line.level === this.line.level
    );
  }

  override toDOM(): Node {
    const node = document.createElement('span');
    const level = document.createElement('span');
    level.className = `couture-Log-${this.line.level}`;
    level.textContent = this.line.level.padEnd(5);
    node.append(`${clockSeconds(this.line.time ?? '')} `, level);
    return node;
  }
}

/** Tints for lines, marks for hits; made for what is in view only. */
function tones(
  at: (n: number) => ILogLine | undefined,
  query: () => string
): Extension {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;

      constructor(view: EditorView) {
        this.decorations = decorate(view, at, query());
      }

      update(update: ViewUpdate): void {
        this.decorations = decorate(update.view, at, query());
      }
    },
    { decorations: plugin => plugin.decorations }
  );
}

const TINTS = {
  error: Decoration.line({ class: 'couture-Log-line-error' }),
  warn: Decoration.line({ class: 'couture-Log-line-warn' })
};
const HIT = Decoration.mark({ class: 'couture-Log-hit' });

function decorate(
  view: EditorView,
  at: (n: number) => ILogLine | undefined,
  query: string
): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    for (let pos = from; pos <= to;) {
      const line = view.state.doc.lineAt(pos);
      const tone = at(line.number)?.tone;
      if (tone) {
        builder.add(line.from, line.from, TINTS[tone]);
      }
      for (const hit of query
        ? allIndexes(line.text.toLowerCase(), query)
        : []) {
        builder.add(line.from + hit, line.from + hit + query.length, HIT);
      }
      pos = line.to + 1;
    }
  }
  return builder.finish();
}

function allIndexes(text: string, words: string): number[] {
  const found: number[] = [];
  for (
    let at = text.indexOf(words);
    at >= 0;
    at = text.indexOf(words, at + words.length)
  ) {
    found.push(at);
  }
  return found;
}
