import { describe, expect, it } from 'vitest';

import type { IStatus } from '../src/api/types';
import { sortedCounts, stateName, stateWords } from '../src/words/states';
import { errorSentence } from '../src/words/task-error';
import { healthWords, loadWords } from '../src/words/status';
import {
  duration,
  elapsed,
  moment,
  until,
  utc,
  wallClock
} from '../src/words/time';

const NOW = new Date(2026, 10, 23, 2, 12);
const local = (...parts: [number, number, number, number, number]): string =>
  new Date(...parts).toISOString();

describe('durations', () => {
  it.each([
    [0.0424, '42 ms'],
    [0, '0 s'],
    [0.42, '0.4 s'],
    [31, '31 s'],
    [59.7, '1 m 00 s'],
    [134, '2 m 14 s'],
    [3900, '1 h 05 m'],
    [273600, '3 d 4 h']
  ])('%s seconds are "%s"', (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });

  it('what is not known has no words', () => {
    expect(duration(null)).toBe('');
  });

  it('what ticks shows whole seconds and never less than none', () => {
    expect(elapsed(1.9)).toBe('1 s');
    expect(elapsed(-2)).toBe('0 s');
  });
});

describe('moments', () => {
  it('near days have names', () => {
    expect(moment(local(2026, 10, 23, 2, 0), NOW)).toBe('today 02:00');
    expect(moment(local(2026, 10, 24, 2, 0), NOW)).toBe('tomorrow 02:00');
    expect(moment(local(2026, 10, 22, 23, 59), NOW)).toBe('yesterday 23:59');
  });

  it('other days have dates, other years too', () => {
    expect(moment(local(2026, 10, 30, 6, 30), NOW)).toBe('Mon 30 Nov 06:30');
    expect(moment(local(2025, 10, 30, 6, 30), NOW)).toBe('30 Nov 2025 06:30');
  });

  it('tooltips are in UTC', () => {
    expect(utc('2026-11-23T01:30:00Z')).toBe('Mon 2026-11-23 01:30:00 UTC');
  });

  it('a time with an offset keeps the clock of its zone', () => {
    expect(wallClock('2026-11-23T06:30:00+01:00')).toEqual([
      'Mon 23 Nov',
      '06:30'
    ]);
  });
});

describe('the time until something', () => {
  it.each([
    [-5, 'now'],
    [40, 'in 40 s'],
    [180, 'in 3 min'],
    [85680, 'in 23 h 48 min'],
    [691200, 'in 8 days']
  ])('%s seconds ahead is "%s"', (seconds, words) => {
    const at = new Date(NOW.getTime() + seconds * 1000).toISOString();
    expect(until(at, NOW)).toBe(words);
  });
});

describe('states', () => {
  it('every word of the server has a mark', () => {
    expect(stateName('restarting')).toBe('running');
    expect(stateName('never heard of')).toBe('none');
    expect(stateName(null)).toBe('none');
  });

  it('are read in words', () => {
    expect(stateWords('up_for_retry')).toBe('Up for retry');
    expect(stateWords(null)).toBe('Not started');
  });

  it('are counted in a fixed order, without zeros', () => {
    expect(sortedCounts({ failed: 1, success: 7, queued: 0 })).toEqual([
      ['success', 7],
      ['failed', 1]
    ]);
  });
});

describe('the error of a task', () => {
  const error = (message: string) => ({
    class: 'ValueError',
    message,
    line: null
  });

  it('is a sentence, also where a traceback came', () => {
    const traceback =
      'Traceback (most recent call last):\n  File "a.py"\nValueError: no rows\n';
    expect(errorSentence(error(traceback))).toBe('no rows');
    expect(errorSentence(error('no rows'))).toBe('no rows');
  });
});

describe('the status bar', () => {
  const status = {
    scheduler: { state: 'healthy', since: null },
    agent: { state: 'healthy', since: null },
    running_runs: 3,
    running_tasks: 1,
    keeps_running: false
  } as IStatus;

  it('says what runs, and nothing while nothing does', () => {
    expect(loadWords(status)).toBe('3 runs, 1 task running');
    expect(loadWords({ ...status, running_runs: 0, running_tasks: 0 })).toBe(
      ''
    );
  });

  it('says whether tasks go on when Lab is closed', () => {
    expect(healthWords(status, false).title).toContain('Tasks stop');
    expect(
      healthWords({ ...status, keeps_running: true }, false).title
    ).toContain('go on');
  });

  it('names who does not answer', () => {
    expect(healthWords(status, true).text).toBe(
      'No answer from the workflow service'
    );
    const silent = {
      ...status,
      scheduler: { state: 'away', since: null }
    } as IStatus;
    expect(healthWords(silent, false).text).toBe(
      'No answer from the scheduler'
    );
  });
});
