/** The one typed client of the server: a method for each endpoint that Lab uses. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { JSONObject, JSONValue } from '@lumino/coreutils';

import { ClientError, errorFromBody } from './errors';
import type * as T from './types';

type Query = Record<string, string | number | null | undefined>;
type Method = 'GET' | 'POST' | 'PATCH';

export class Client {
  constructor(
    readonly serverSettings: ServerConnection.ISettings = ServerConnection.makeSettings()
  ) {}

  status(): Promise<T.IStatus> {
    return this.get(ours('status'));
  }

  dags(): Promise<T.IDagList> {
    return this.get(ours('dags'));
  }

  dag(dagId: string): Promise<T.IDagDetail> {
    return this.get(ours('dags', dagId));
  }

  graph(dagId: string, runId: string | null): Promise<T.IGraph> {
    return this.get(ours('dags', dagId, 'graph'), { run_id: runId });
  }

  why(dagId: string, runId: string, taskId: string): Promise<T.IWhy> {
    return this.get(`${instance(dagId, runId, taskId)}/why`);
  }

  executedNotebook(
    dagId: string,
    runId: string,
    taskId: string,
    tryNumber: number
  ): Promise<T.IExecutedNotebook> {
    const path = `${instance(dagId, runId, taskId)}/notebook`;
    return this.get(path, { try_number: tryNumber });
  }

  notebookParameters(path: string): Promise<T.INotebookParameters> {
    return this.get(ours('notebooks', 'parameters'), { path });
  }

  previewTimes(cron: string, timezone: string): Promise<T.IPreviewTimes> {
    return this.get(ours('schedules', 'preview-times'), {
      cron,
      timezone,
      count: 5
    });
  }

  timezones(): Promise<T.ITimezones> {
    return this.get(ours('timezones'));
  }

  schedule(request: T.IScheduleRequest): Promise<T.IScheduled> {
    return this.send('POST', ours('schedules'), request);
  }

  previewSchedule(request: T.IScheduleRequest): Promise<T.IScheduled> {
    return this.send('POST', ours('schedules', 'preview'), request);
  }

  async notebookSchedules(): Promise<T.INotebookSchedule[]> {
    type Answer = { schedules: T.INotebookSchedule[] };
    return (await this.get<Answer>(ours('schedules'))).schedules;
  }

  renewSchedule(dagId: string): Promise<T.IScheduled> {
    return this.send('POST', ours('schedules', dagId, 'renew'), {});
  }

  async setPaused(dagId: string, isPaused: boolean): Promise<void> {
    const path = `${v2('dags', dagId)}?update_mask=is_paused`;
    await this.send('PATCH', path, { is_paused: isPaused });
  }

  trigger(dagId: string, conf: JSONObject): Promise<T.IDagRunV2> {
    const body = { logical_date: null, conf };
    return this.send('POST', v2('dags', dagId, 'dagRuns'), body);
  }

  async runs(dagId: string, limit = 50): Promise<T.IDagRunV2[]> {
    const query = { limit, order_by: '-run_after' };
    const answer = await this.get<{ dag_runs: T.IDagRunV2[] }>(
      v2('dags', dagId, 'dagRuns'),
      query
    );
    return answer.dag_runs;
  }

  async setRunState(
    dagId: string,
    runId: string,
    state: string
  ): Promise<void> {
    await this.send('PATCH', v2('dags', dagId, 'dagRuns', runId), { state });
  }

  async setTaskState(
    dagId: string,
    runId: string,
    taskId: string,
    state: 'success' | 'failed'
  ): Promise<void> {
    const path = v2('dags', dagId, 'dagRuns', runId, 'taskInstances', taskId);
    await this.send('PATCH', path, { new_state: state });
  }

  async clear(
    dagId: string,
    request: T.IClearRequest
  ): Promise<T.ITaskInstanceV2[]> {
    const body = { ...request, reset_dag_runs: true };
    const answer = await this.send<{ task_instances: T.ITaskInstanceV2[] }>(
      'POST',
      v2('dags', dagId, 'clearTaskInstances'),
      body
    );
    return answer.task_instances;
  }

  async xcoms(
    dagId: string,
    runId: string,
    taskId: string
  ): Promise<T.IXCom[]> {
    const path = v2(
      'dags',
      dagId,
      'dagRuns',
      runId,
      'taskInstances',
      taskId,
      'xcomEntries'
    );
    return (await this.get<{ xcom_entries: T.IXCom[] }>(path)).xcom_entries;
  }

  async xcom(
    dagId: string,
    runId: string,
    taskId: string,
    key: string
  ): Promise<JSONValue> {
    const task = v2('dags', dagId, 'dagRuns', runId, 'taskInstances', taskId);
    const path = `${task}/xcomEntries/${encodeURIComponent(key)}`;
    return (await this.get<{ value: JSONValue }>(path)).value;
  }

  async versions(dagId: string): Promise<T.IDagVersion[]> {
    const query = { limit: 50, order_by: '-version_number' };
    const path = v2('dags', dagId, 'dagVersions');
    return (await this.get<{ dag_versions: T.IDagVersion[] }>(path, query))
      .dag_versions;
  }

  async source(dagId: string, versionNumber: number | null): Promise<string> {
    const query = { version_number: versionNumber };
    return (await this.get<{ content: string }>(v2('dagSources', dagId), query))
      .content;
  }

  private get<R>(path: string, query: Query = {}): Promise<R> {
    return this.request('GET', path + queryString(query));
  }

  private send<R>(method: Method, path: string, body: object): Promise<R> {
    return this.request(method, path, JSON.stringify(body));
  }

  private async request<R>(
    method: Method,
    path: string,
    body?: string
  ): Promise<R> {
    const url = URLExt.join(this.serverSettings.baseUrl, 'workflow', path);
    const headers = { Accept: 'application/json' };
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        url,
        { method, body, headers },
        this.serverSettings
      );
    } catch {
      throw new ClientError('No answer from the workflow service.', 0);
    }
    const text = await response.text();
    if (!response.ok) {
      throw errorFromBody(response.status, text);
    }
    return (text ? JSON.parse(text) : null) as R;
  }
}

function join(...parts: string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

function ours(...parts: string[]): string {
  return `api/couture/${join(...parts)}`;
}

function v2(...parts: string[]): string {
  return `api/v2/${join(...parts)}`;
}

function instance(dagId: string, runId: string, taskId: string): string {
  return ours('dags', dagId, 'dagRuns', runId, 'taskInstances', taskId);
}

function queryString(query: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) {
      params.set(key, String(value));
    }
  }
  const text = params.toString();
  return text && `?${text}`;
}
