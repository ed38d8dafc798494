/** The one typed client of the server: a method for each endpoint that Lab uses. */
import type { JSONObject, JSONValue } from '@lumino/coreutils';

import { AdminApi } from './admin';
import { AutomationApi } from './automation';
import { FilesApi } from './files';
import { ours, type Requests, v2 } from './requests';
import { SecurityApi } from './security';
import type * as T from './types';

export class Client {
  constructor(readonly requests: Requests) {
    this.security = new SecurityApi(requests);
    this.files = new FilesApi(requests);
    this.admin = new AdminApi(requests);
    this.automation = new AutomationApi(requests);
  }

  /** People, roles, the directory, the audit log. */
  readonly security: SecurityApi;
  /** The files below `dags`. */
  readonly files: FilesApi;
  /** Variables, connections, pools, settings. */
  readonly admin: AdminApi;
  /** Backfills, SLA misses, simulations. */
  readonly automation: AutomationApi;

  status(): Promise<T.IStatus> {
    return this.requests.get(ours('status'));
  }

  /** A page of the DAGs, by their ids: after one, or the first. */
  dags(after: string | null): Promise<T.IDagList> {
    return this.requests.get(ours('dags'), { after });
  }

  dag(dagId: string): Promise<T.IDagDetail> {
    return this.requests.get(ours('dags', dagId));
  }

  graph(dagId: string, runId: string | null): Promise<T.IGraph> {
    return this.requests.get(ours('dags', dagId, 'graph'), { run_id: runId });
  }

  task(target: T.ITaskTarget): Promise<T.ITaskInstance> {
    const { dag_id, run_id, task_id, map_index } = target;
    return this.requests.get(instance(dag_id, run_id, task_id), { map_index });
  }

  why(target: T.ITaskTarget): Promise<T.IWhy> {
    const { dag_id, run_id, task_id, map_index } = target;
    const path = `${instance(dag_id, run_id, task_id)}/why`;
    return this.requests.get(path, { map_index });
  }

  /** The instances of a mapped task, by their map index. */
  async mapped(
    dagId: string,
    runId: string,
    taskId: string
  ): Promise<T.ITaskInstanceV2[]> {
    type Answer = { task_instances: T.ITaskInstanceV2[] };
    const task = v2('dags', dagId, 'dagRuns', runId, 'taskInstances', taskId);
    const query = { limit: 1000, order_by: 'map_index' };
    return (await this.requests.get<Answer>(`${task}/listMapped`, query))
      .task_instances;
  }

  executedNotebook(
    target: T.ITaskTarget,
    tryNumber: number
  ): Promise<T.IExecutedNotebook> {
    const { dag_id, run_id, task_id, map_index } = target;
    const path = `${instance(dag_id, run_id, task_id)}/notebook`;
    return this.requests.get(path, { try_number: tryNumber, map_index });
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

  run(dagId: string, runId: string): Promise<T.IDagRunV2> {
    return this.requests.get(v2('dags', dagId, 'dagRuns', runId));
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

  /** Mark a task; of a mapped one the instance that is named, or all of them. */
  async setTaskState(
    dagId: string,
    runId: string,
    taskId: string,
    state: 'success' | 'failed',
    mapIndex: number | null = null
  ): Promise<void> {
    const task = v2('dags', dagId, 'dagRuns', runId, 'taskInstances', taskId);
    const path = mapIndex === null ? task : `${task}/${mapIndex}`;
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

  async xcoms(target: T.ITaskTarget): Promise<T.IXCom[]> {
    type Answer = { xcom_entries: T.IXCom[] };
    const { map_index } = target;
    return (await this.requests.get<Answer>(xcomsOf(target), { map_index }))
      .xcom_entries;
  }

  async xcom(target: T.ITaskTarget, key: string): Promise<JSONValue> {
    const path = `${xcomsOf(target)}/${encodeURIComponent(key)}`;
    const { map_index } = target;
    return (await this.requests.get<{ value: JSONValue }>(path, { map_index }))
      .value;
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

function xcomsOf({ dag_id, run_id, task_id }: T.ITaskTarget): string {
  const run = v2('dags', dag_id, 'dagRuns', run_id);
  return `${run}/taskInstances/${encodeURIComponent(task_id)}/xcomEntries`;
}

function instance(dagId: string, runId: string, taskId: string): string {
  return ours('dags', dagId, 'dagRuns', runId, 'taskInstances', taskId);
}
