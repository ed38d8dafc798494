import { describe, expect, it } from 'vitest';

import { LogLines, logSummary, passes } from '../src/log/log-lines';

describe('log lines', () => {
  it('time and level leave the text', () => {
    const log = new LogLines();
    const [line] = log.feed('2026-11-23T02:04:51.123Z WARNING wait 8 s\n');
    expect(line).toEqual({
      number: 1,
      time: '2026-11-23T02:04:51.123Z',
      level: 'warn',
      tone: 'warn',
      text: 'wait 8 s'
    });
  });

  it('plain output is shown as it is', () => {
    const [line] = new LogLines().feed('  page 1: 2,000 rows\n');
    expect(line).toMatchObject({
      time: null,
      level: '',
      tone: null,
      text: '  page 1: 2,000 rows'
    });
  });

  it('text may be cut anywhere', () => {
    const log = new LogLines();
    expect(log.feed('2026-11-23T02:04:51Z INF')).toEqual([]);
    expect(log.feed('O done\nne')).toMatchObject([
      { level: 'info', text: 'done' }
    ]);
    expect(log.finish()).toMatchObject([{ number: 2, text: 'ne' }]);
    expect(log.finish()).toEqual([]);
  });

  it('a traceback after an error is an error up to the next stamped line', () => {
    const log = new LogLines();
    log.feed(
      '2026-11-23T02:05:22Z ERROR Traceback (most recent call last):\n  File "a.py"\n'
    );
    log.feed('ValueError: no\n2026-11-23T02:05:23Z INFO end\n');
    expect(log.lines.map(line => line.tone)).toEqual([
      'error',
      'error',
      'error',
      null
    ]);
    expect(log.errors).toBe(1);
  });

  it('a bare traceback ends with its exception', () => {
    const log = new LogLines();
    log.feed(
      'Traceback (most recent call last):\n  File "a.py"\nValueError: no\nnext\n'
    );
    expect(log.lines.map(line => line.tone)).toEqual([
      'error',
      'error',
      'error',
      null
    ]);
    expect(log.errors).toBe(1);
  });

  it('starts anew after a reconnect', () => {
    const log = new LogLines();
    log.feed('2026-11-23T02:05:22Z ERROR no\nhalf');
    log.clear();
    expect(log.feed('a\n')).toMatchObject([
      { number: 1, tone: null, text: 'a' }
    ]);
    expect(log.errors).toBe(0);
  });

  it('filters keep tracebacks with their error', () => {
    const log = new LogLines();
    log.feed(
      '2026-11-23T02:05:22Z ERROR no\n  File\n2026-11-23T02:05:23Z WARN hm\nx\n'
    );
    const texts = (filter: 'warn' | 'error'): string[] =>
      log.lines.filter(line => passes(line, filter)).map(line => line.text);
    expect(texts('error')).toEqual(['no', '  File']);
    expect(texts('warn')).toEqual(['no', '  File', 'hm']);
  });

  it('the foot counts', () => {
    expect(logSummary(1052, 1, 2)).toBe('1,052 lines, 1 error, 2 warnings');
    expect(logSummary(1, 0, 0)).toBe('1 line');
  });
});
