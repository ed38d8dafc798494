/** The one typed client of the server: a method for each endpoint that Lab uses. */
import type { JSONObject, JSONValue } from '@lumino/coreutils';

import { AdminApi } from './admin';
import { FilesApi } from './files';
import { ours, type Requests, v2 } from './requests';
import { SecurityApi } from './security';
import type * as T from './types';

export class Client {
  constructor(readonly requests: Requests) {
    this.security = new SecurityApi(requests);
    this.files = new FilesApi(requests);
    this.admin = new AdminApi(requests);
  }

  /** People, roles, the directory, the audit log. */
  readonly security: SecurityApi;
  /** The files below `dags`. */
  readonly files: FilesApi;
  /** Variables, connections, pools, settings. */
  readonly admin: AdminApi;

  status(): Promise<T.IStatus> {
    return this.requests.get(ours('status'));
  }

  dags(): Promise<T.IDagList> {
    return this.requests.get(ours('dags'));
  }

  dag(dagId: string): Promise<T.IDagDetail> {
    return this.requests.get(ours('dags', dagId));
  }

  graph(dagId: string, runId: string | null): Promise<T.IGraph> {
    return this.requests.get(ours('dags', dagId, 'graph'), { run_id: runId });
  }

  why(dagId: string, runId: string, taskId: string): Promise<T.IWhy> {
    return this.requests.get(`${instance(dagId, runId, taskId)}/why`);
  }

  executedNotebook(
    dagId: string,
    runId: string,
    taskId: string,
    tryNumber: number
  ): Promise<T.IExecutedNotebook> {
    const path = `${instance(dagId, runId, taskId)}/notebook`;
    return this.requests.get(path, { try_number: tryNumber });
  }

  notebookParameters(
    source: T.INotebookSource
  ): Promise<T.INotebookParameters> {
    const { path, notebook } = source;
    const body = { path, notebook };
    return this.requests.send('POST', ours('notebooks', 'parameters'), body);
  }

  previewTimes(cron: string, timezone: string): Promise<T.IPreviewTimes> {
    return this.requests.get(ours('schedules', 'preview-times'), {
      cron,
      timezone,
      count: 5
    });
  }

  timezones(): Promise<T.ITimezones> {
    return this.requests.get(ours('timezones'));
  }

  schedule(request: T.IScheduleRequest): Promise<T.IScheduled> {
    return this.requests.send('POST', ours('schedules'), request);
  }

  previewSchedule(request: T.IScheduleRequest): Promise<T.IScheduled> {
    return this.requests.send('POST', ours('schedules', 'preview'), request);
  }

  async notebookSchedules(): Promise<T.INotebookSchedule[]> {
    type Answer = { schedules: T.INotebookSchedule[] };
    return (await this.requests.get<Answer>(ours('schedules'))).schedules;
  }

  renewSchedule(dagId: string, notebook: JSONObject): Promise<T.IScheduled> {
    const path = ours('schedules', dagId, 'renew');
    return this.requests.send('POST', path, { notebook });
  }

  async setPaused(dagId: string, isPaused: boolean): Promise<void> {
    const path = `${v2('dags', dagId)}?update_mask=is_paused`;
    await this.requests.send('PATCH', path, { is_paused: isPaused });
  }

  trigger(dagId: string, conf: JSONObject): Promise<T.IDagRunV2> {
    const body = { logical_date: null, conf };
    return this.requests.send('POST', v2('dags', dagId, 'dagRuns'), body);
  }

  async runs(dagId: string, limit = 50): Promise<T.IDagRunV2[]> {
    const query = { limit, order_by: '-run_after' };
    const answer = await this.requests.get<{ dag_runs: T.IDagRunV2[] }>(
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
    await this.requests.send('PATCH', v2('dags', dagId, 'dagRuns', runId), {
      state
    });
  }

  async setTaskState(
    dagId: string,
    runId: string,
    taskId: string,
    state: 'success' | 'failed'
  ): Promise<void> {
    const path = v2('dags', dagId, 'dagRuns', runId, 'taskInstances', taskId);
    await this.requests.send('PATCH', path, { new_state: state });
  }

  async clear(
    dagId: string,
    request: T.IClearRequest
  ): Promise<T.ITaskInstanceV2[]> {
    const body = { ...request, reset_dag_runs: true };
    const answer = await this.requests.send<{
      task_instances: T.ITaskInstanceV2[];
    }>('POST', v2('dags', dagId, 'clearTaskInstances'), body);
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
    return (await this.requests.get<{ xcom_entries: T.IXCom[] }>(path))
      .xcom_entries;
  }

  async xcom(
    dagId: string,
    runId: string,
    taskId: string,
    key: string
  ): Promise<JSONValue> {
    const task = v2('dags', dagId, 'dagRuns', runId, 'taskInstances', taskId);
    const path = `${task}/xcomEntries/${encodeURIComponent(key)}`;
    return (await this.requests.get<{ value: JSONValue }>(path)).value;
  }

  async versions(dagId: string): Promise<T.IDagVersion[]> {
    const query = { limit: 50, order_by: '-version_number' };
    const path = v2('dags', dagId, 'dagVersions');
    return (
      await this.requests.get<{ dag_versions: T.IDagVersion[] }>(path, query)
    ).dag_versions;
  }

  async source(dagId: string, versionNumber: number | null): Promise<string> {
    const query = { version_number: versionNumber };
    return (
      await this.requests.get<{ content: string }>(
        v2('dagSources', dagId),
        query
      )
    ).content;
  }
}

function instance(dagId: string, runId: string, taskId: string): string {
  return ours('dags', dagId, 'dagRuns', runId, 'taskInstances', taskId);
}
