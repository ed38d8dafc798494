import type { ITaskError } from '../api/types';

/** The sentence of an error: of a traceback its last line, without the class before it. */
export function errorSentence(error: ITaskError): string {
  const text = error.message.trim();
  if (!text.startsWith('Traceback')) {
    return text;
  }
  const last = text.slice(text.lastIndexOf('\n') + 1);
  const prefix = `${error.class}: `;
  return last.startsWith(prefix) ? last.slice(prefix.length) : last;
}
