/** Sends requests to the workflow service, with the token and the XSRF header of Lab. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';

import { ClientError, errorFromBody } from './errors';

export type Query = Record<
  string,
  string | number | boolean | null | undefined
>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export class Requests {
  constructor(
    readonly serverSettings: ServerConnection.ISettings = ServerConnection.makeSettings()
  ) {}

  /** Emitted when the server said that something is not allowed. */
  get refused(): ISignal<this, void> {
    return this._refused;
  }

  get<R>(path: string, query: Query = {}): Promise<R> {
    return this.read('GET', path + queryString(query));
  }

  send<R>(
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    body: object
  ): Promise<R> {
    return this.read(method, path, JSON.stringify(body));
  }

  async remove(path: string, query: Query = {}): Promise<void> {
    await this.read('DELETE', path + queryString(query));
  }

  /** An answer as a file, of the given type. */
  async file(path: string, query: Query, accept: string): Promise<Blob> {
    const text = await this.request(
      'GET',
      path + queryString(query),
      undefined,
      accept
    );
    return new Blob([text], { type: accept });
  }

  private async read<R>(
    method: Method,
    path: string,
    body?: string
  ): Promise<R> {
    const text = await this.request(method, path, body, 'application/json');
    return (text ? JSON.parse(text) : null) as R;
  }

  private async request(
    method: Method,
    path: string,
    body: string | undefined,
    accept: string
  ): Promise<string> {
    const url = URLExt.join(this.serverSettings.baseUrl, 'workflow', path);
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        url,
        { method, body, headers: { Accept: accept } },
        this.serverSettings
      );
    } catch {
      throw new ClientError('No answer from the workflow service.', 0);
    }
    const text = await response.text();
    if (response.status === 403) {
      this._refused.emit();
    }
    if (!response.ok) {
      throw errorFromBody(response.status, text);
    }
    return text;
  }

  private readonly _refused = new Signal<this, void>(this);
}

/** A path of our own API. */
export function ours(...parts: string[]): string {
  return `api/couture/${join(...parts)}`;
}

/** A path of the API that has Airflow's shape. */
export function v2(...parts: string[]): string {
  return `api/v2/${join(...parts)}`;
}

function join(...parts: string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

function queryString(query: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') {
      params.set(key, String(value));
    }
  }
  const text = params.toString();
  return text && `?${text}`;
}
