/** What a Param's JSON schema asks of a value, told before the server is asked. */
import type { JSONObject, JSONValue } from '@lumino/coreutils';

type Rule = (value: JSONValue, limit: JSONValue) => string | null;

const RULES: Record<string, Rule> = {
  minimum: number((n, least) => n >= least, 'at least'),
  maximum: number((n, most) => n <= most, 'at most'),
  exclusiveMinimum: number((n, floor) => n > floor, 'more than'),
  exclusiveMaximum: number((n, ceiling) => n < ceiling, 'less than'),
  multipleOf: number(isMultiple, 'a multiple of'),
  minLength: size(isText, (n, least) => n >= least, 'at least', 'character'),
  maxLength: size(isText, (n, most) => n <= most, 'at most', 'character'),
  minItems: size(isList, (n, least) => n >= least, 'at least', 'entry'),
  maxItems: size(isList, (n, most) => n <= most, 'at most', 'entry'),
  pattern: (value, pattern) =>
    typeof value === 'string' &&
    typeof pattern === 'string' &&
    !matches(pattern, value)
      ? `must match ${pattern}`
      : null
};

/** The first thing that the schema refuses in the value, as the end of a sentence, or null. */
export function refusal(schema: JSONObject, value: JSONValue): string | null {
  for (const [name, limit] of Object.entries(schema)) {
    const text = Object.hasOwn(RULES, name) ? RULES[name](value, limit) : null;
    if (text) {
      return text;
    }
  }
  return null;
}

type Holds = (value: number, limit: number) => boolean;

function number(holds: Holds, words: string): Rule {
  return (value, limit) =>
    typeof value === 'number' &&
    typeof limit === 'number' &&
    !holds(value, limit)
      ? `must be ${words} ${limit}`
      : null;
}

function size(
  isOne: (value: JSONValue) => value is string | JSONValue[],
  holds: Holds,
  words: string,
  noun: string
): Rule {
  return (value, limit) => {
    if (!isOne(value) || typeof limit !== 'number') {
      return null;
    }
    // JSON schema counts characters, where a string's length counts UTF-16 units.
    const found = [...value].length;
    const nouns =
      limit === 1 ? noun : noun === 'entry' ? 'entries' : `${noun}s`;
    return holds(found, limit) ? null : `must have ${words} ${limit} ${nouns}`;
  };
}

function isText(value: JSONValue): value is string {
  return typeof value === 'string';
}

function isList(value: JSONValue): value is JSONValue[] {
  return Array.isArray(value);
}

function isMultiple(value: number, step: number): boolean {
  const ratio = value / step;
  return Math.abs(ratio - Math.round(ratio)) < 1e-9;
}

/** A pattern that only Python understands is left to the server. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}
