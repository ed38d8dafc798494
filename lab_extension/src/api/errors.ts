/** Answers of the server that are not what was asked for. */

interface IFieldError {
  loc?: (string | number)[];
  msg?: string;
}

/** A refused or failed call: a sentence to show, and sentences for single fields. */
export class ClientError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly fields: Readonly<Record<string, string>> = {}
  ) {
    super(message);
    this.name = 'ClientError';
  }

  /** No server answered at all, in contrast to one that said no. */
  get isAway(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503;
  }
}

/** Build the error for an answer with the given status and body text. */
export function errorFromBody(status: number, body: string): ClientError {
  const detail = parseDetail(body);
  if (Array.isArray(detail)) {
    const fields = fieldErrors(detail);
    const first = Object.values(fields)[0] ?? fallback(status);
    return new ClientError(first, status, fields);
  }
  return new ClientError(detail ?? fallback(status), status);
}

/** The sentence of anything that was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseDetail(body: string): string | IFieldError[] | null {
  try {
    const data = JSON.parse(body) as Record<string, unknown>;
    const detail = data.detail ?? data.message;
    if (Array.isArray(detail)) {
      return detail as IFieldError[];
    }
    return typeof detail === 'string' && detail ? detail : null;
  } catch {
    return null;
  }
}

function fieldErrors(details: IFieldError[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { loc, msg } of details) {
    const path = (loc ?? []).filter(
      part => part !== 'body' && part !== 'query'
    );
    fields[path.join('.')] ??= msg ?? 'This value is not accepted.';
  }
  return fields;
}

function fallback(status: number): string {
  switch (status) {
    case 0:
      return 'No answer from the workflow service.';
    case 401:
    case 403:
      return 'Not allowed: your role lacks the right for this.';
    case 404:
      return 'Not found: it was removed, or you may not see it.';
    case 502:
    case 503:
      return 'The workflow service does not answer at the moment.';
    default:
      return `The workflow service answered with an error (${status}).`;
  }
}
