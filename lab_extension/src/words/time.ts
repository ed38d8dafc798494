/** Durations and moments in words, in the viewer's time zone. */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** "42 ms", "0.4 s", "31 s", "2 m 14 s", "1 h 05 m", "3 d 4 h". */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) {
    return '';
  }
  const whole = Math.max(0, seconds);
  if (whole > 0 && whole < 0.0995) {
    return `${Math.max(1, Math.round(whole * 1000))} ms`;
  }
  if (whole < 9.95) {
    return `${whole.toFixed(1).replace(/\.0$/, '')} s`;
  }
  return wholeSeconds(Math.round(whole));
}

/** Like `duration`, in whole seconds: for figures that tick. */
export function elapsed(seconds: number): string {
  return wholeSeconds(Math.max(0, Math.floor(seconds)));
}

function wholeSeconds(s: number): string {
  if (s < MINUTE) {
    return `${s} s`;
  }
  if (s < HOUR) {
    return `${Math.floor(s / MINUTE)} m ${two(s % MINUTE)} s`;
  }
  if (s < DAY) {
    return `${Math.floor(s / HOUR)} h ${two(Math.floor((s % HOUR) / MINUTE))} m`;
  }
  return `${Math.floor(s / DAY)} d ${Math.floor((s % DAY) / HOUR)} h`;
}

/** "today 02:00", "tomorrow 02:00", "Mon 23 Nov 06:30", "23 Nov 2025 06:30". */
export function moment(iso: string, now: Date): string {
  const at = new Date(iso);
  return `${day(at, now)} ${clock(at)}`;
}

/** "25 Oct": where there is little room. */
export function shortDay(at: Date): string {
  return `${at.getDate()} ${MONTHS[at.getMonth()]}`;
}

/** The time of day only, with seconds: "02:04:51". */
export function clockSeconds(iso: string): string {
  const at = new Date(iso);
  return `${clock(at)}:${two(at.getSeconds())}`;
}

/** "in 23 h 48 min", "in 3 min", "in 8 days", "now" for the past and the present. */
export function until(iso: string, now: Date): string {
  const seconds = (Date.parse(iso) - now.getTime()) / 1000;
  if (seconds < 1) {
    return 'now';
  }
  if (seconds < MINUTE) {
    return `in ${Math.round(seconds)} s`;
  }
  if (seconds < HOUR) {
    return `in ${Math.round(seconds / MINUTE)} min`;
  }
  if (seconds < DAY) {
    const minutes = Math.round(seconds / MINUTE);
    const rest = minutes % 60;
    return `in ${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ''}`;
  }
  return `in ${count(Math.round(seconds / DAY), 'day')}`;
}

/** "Mon 2026-11-23 01:30:00 UTC", for tooltips. */
export function utc(iso: string): string {
  const text = new Date(iso).toISOString();
  return `${WEEKDAYS[new Date(iso).getUTCDay()]} ${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}

/** Date and time of an ISO text in its own offset: ["Mon 23 Nov", "06:30"]. */
export function wallClock(iso: string): [string, string] {
  const date = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  const month = MONTHS[date.getUTCMonth()];
  return [
    `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${month}`,
    iso.slice(11, 16)
  ];
}

/** Capital first letter, for words that begin a line. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "1 task", "4 tasks". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** "try 3 of 3"; `max_tries` counts the tries after the first one. */
export function tryWords(task: {
  try_number: number;
  max_tries: number;
}): string {
  return `try ${task.try_number} of ${Math.max(task.max_tries + 1, task.try_number)}`;
}

function day(at: Date, now: Date): string {
  const distance = Math.round((midnight(at) - midnight(now)) / (DAY * 1000));
  if (Math.abs(distance) <= 1) {
    return ['yesterday', 'today', 'tomorrow'][distance + 1];
  }
  const date = `${at.getDate()} ${MONTHS[at.getMonth()]}`;
  return at.getFullYear() === now.getFullYear()
    ? `${WEEKDAYS[at.getDay()]} ${date}`
    : `${date} ${at.getFullYear()}`;
}

function midnight(date: Date): number {
  return new Date(
    date.getFullYear(),
    date.getMonth(),
    date.getDate()
  ).getTime();
}

function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
