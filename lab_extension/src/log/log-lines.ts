/** Raw log text to lines with time and level; knows how tracebacks look. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | '';

export interface ILogLine {
  /** Position in the whole log, from 1. */
  number: number;
  time: string | null;
  level: LogLevel;
  /** Level of what the line belongs to: lines of a traceback are errors. */
  tone: 'warn' | 'error' | null;
  text: string;
}

export type LogFilter = 'all' | 'warn' | 'error';

const STAMPED =
  /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\]?\s+(?:\[?(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\]?:?\s+)?(.*)$/;
const LEVELS: Record<string, LogLevel> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
  FATAL: 'error'
};
const TRACEBACK = 'Traceback (most recent call last)';

/** Grows with the log; the text may arrive cut at any place. */
export class LogLines {
  readonly lines: ILogLine[] = [];
  errors = 0;
  warnings = 0;

  /** Take more text and return the lines that it completed. */
  feed(text: string): ILogLine[] {
    const parts = (this._rest + text).split(/\r?\n/);
    this._rest = parts.pop() ?? '';
    return parts.map(part => this.add(part));
  }

  /** The log is over: what has no line end is a line too. */
  finish(): ILogLine[] {
    const rest = this._rest;
    this._rest = '';
    return rest ? [this.add(rest)] : [];
  }

  clear(): void {
    this.lines.length = 0;
    this.errors = this.warnings = 0;
    this._rest = '';
    this._block = null;
  }

  private add(raw: string): ILogLine {
    const stamp = STAMPED.exec(raw);
    const number = this.lines.length + 1;
    const line = stamp ? this.stamped(number, stamp) : this.plain(number, raw);
    this.lines.push(line);
    return line;
  }

  private stamped(
    number: number,
    [, time, word, text]: RegExpExecArray
  ): ILogLine {
    const level = LEVELS[word] ?? 'info';
    const opens = text.startsWith(TRACEBACK);
    this._block = level === 'error' ? 'open' : opens ? 'traceback' : null;
    this.errors += level === 'error' ? 1 : 0;
    this.warnings += level === 'warn' ? 1 : 0;
    const tone = this._block ? 'error' : level === 'warn' ? 'warn' : null;
    return { number, time, level, tone, text };
  }

  private plain(number: number, text: string): ILogLine {
    if (text.startsWith(TRACEBACK)) {
      this.errors += this._block ? 0 : 1;
      this._block ??= 'traceback';
    }
    const tone = this._block ? 'error' : null;
    // A bare traceback ends with its first line that is not indented: the exception.
    if (this._block === 'traceback' && text && !/^\s|^Traceback/.test(text)) {
      this._block = null;
    }
    return { number, time: null, level: '', tone, text };
  }

  private _rest = '';
  private _block: 'open' | 'traceback' | null = null;
}

/** Whether a line is shown under a filter. */
export function passes(line: ILogLine, filter: LogFilter): boolean {
  return (
    filter === 'all' ||
    line.tone === 'error' ||
    (filter === 'warn' && line.tone === 'warn')
  );
}

/** "52 lines, 1 error, 2 warnings". */
export function logSummary(
  lines: number,
  errors: number,
  warnings: number
): string {
  const parts = [plural(lines, 'line')];
  if (errors) {
    parts.push(plural(errors, 'error'));
  }
  if (warnings) {
    parts.push(plural(warnings, 'warning'));
  }
  return parts.join(', ');
}

function plural(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}
