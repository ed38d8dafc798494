/** One DAG page: the DAG, the run that is looked at, its graph, the task chosen in it. */
import type { JSONObject } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';

import type { Client } from '../api/client';
import { ClientError, sentence } from '../api/errors';
import type { Live } from '../api/live';
import type { Change, IDagDetail, IDagRunV2, IGraph } from '../api/types';
import { Missed } from './missed';
import { isMapped, patchRunList, reduceDag, reduceGraph } from './reduce';

export type DagTab = 'graph' | 'code' | 'details';
export type TaskTab = 'log' | 'xcom' | 'tries' | 'notebook' | 'why';

/** What a link or a reload brings back. */
export interface IDagArgs {
  dag_id: string;
  run_id?: string | null;
  task_id?: string | null;
  tab?: DagTab;
}

/** New runs and new versions are read, at most this often. */
const READ_DELAY = 200;

export class DagModel {
  constructor(
    private readonly client: Client,
    private readonly live: Live,
    args: IDagArgs
  ) {
    this.dagId = args.dag_id;
    this._pinnedRun = args.run_id ?? null;
    this._taskId = args.task_id ?? null;
    this._tab = args.tab ?? 'graph';
    live.opened.connect(this.reload, this);
    live.changes.connect(this.apply, this);
    void this.reload();
  }

  readonly dagId: string;

  get detail(): IDagDetail | null {
    return this._detail;
  }

  get graph(): IGraph | null {
    return this._graph;
  }

  /** Newest first. */
  get runs(): readonly IDagRunV2[] {
    return this._runs;
  }

  get taskId(): string | null {
    return this._taskId;
  }

  get tab(): DagTab {
    return this._tab;
  }

  /** The tab of the detail column: kept while tasks change. */
  taskTab: TaskTab = 'log';

  /** Why the DAG cannot be shown, or why what is shown may be old. */
  get error(): string | null {
    return this._error;
  }

  /** The server does not know the DAG (yet). */
  get isMissing(): boolean {
    return this._isMissing;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get args(): IDagArgs {
    return {
      dag_id: this.dagId,
      run_id: this._pinnedRun,
      task_id: this._taskId,
      tab: this._tab
    };
  }

  show(args: Partial<IDagArgs>): void {
    if (args.tab) {
      this._tab = args.tab;
    }
    if (args.task_id !== undefined) {
      this._taskId = args.task_id;
    }
    if (args.run_id) {
      this.pickRun(args.run_id);
    }
    this._changed.emit();
  }

  selectTask(taskId: string | null): void {
    this._taskId = taskId;
    this._changed.emit();
  }

  showTaskTab(tab: TaskTab): void {
    this.taskTab = tab;
    this._changed.emit();
  }

  /** Look at one run; the newest one follows new runs. */
  pickRun(runId: string): void {
    this._pinnedRun = runId === this._runs[0]?.dag_run_id ? null : runId;
    void this.loadGraph();
  }

  /** To an older (1) or a newer (-1) run. */
  stepRun(step: 1 | -1): void {
    const run = this._runs[this.runIndex + step];
    if (run) {
      this.pickRun(run.dag_run_id);
    }
  }

  get runIndex(): number {
    const runId = this._graph?.run?.run_id;
    return this._runs.findIndex(run => run.dag_run_id === runId);
  }

  async trigger(conf: JSONObject): Promise<void> {
    await this.client.trigger(this.dagId, conf);
    this._pinnedRun = null;
    await this.reload();
  }

  async setPaused(isPaused: boolean): Promise<void> {
    this.patchPaused(isPaused);
    try {
      await this.client.setPaused(this.dagId, isPaused);
    } catch (error) {
      this.patchPaused(!isPaused);
      throw error;
    }
  }

  async reload(): Promise<void> {
    this._hasNews = false;
    try {
      const [[detail, runs], missed] = await this._missed.during(() =>
        Promise.all([this.client.dag(this.dagId), this.client.runs(this.dagId)])
      );
      this._detail = missed.reduce(reduceDag, detail);
      this._runs = missed.reduce(patchRunList, runs);
      this._isMissing = false;
      await this.loadGraph();
    } catch (error) {
      this.fail(error);
    }
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    this.live.opened.disconnect(this.reload, this);
    this.live.changes.disconnect(this.apply, this);
    Signal.clearData(this);
  }

  private async loadGraph(): Promise<void> {
    const wanted = this._pinnedRun ?? this._runs[0]?.dag_run_id ?? null;
    this._wantedRun = wanted;
    try {
      const [graph, missed] = await this._missed.during(() =>
        this.client.graph(this.dagId, wanted)
      );
      if (wanted === this._wantedRun) {
        const isFirst = this._graph === null;
        this._graph = reduceGraph(graph, this.dagId, missed);
        if (isFirst && graph.nodes.length === 1) {
          // A graph of one task says little: what the task did says more.
          this._taskId ??= graph.nodes[0].task_id;
        }
        this._error = null;
        this._changed.emit();
        await this.listRun(graph.run?.run_id);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** A link may lead to a run that is older than those that are listed. */
  private async listRun(runId: string | undefined): Promise<void> {
    if (!runId || this._runs.some(run => run.dag_run_id === runId)) {
      return;
    }
    const found = await this.client.run(this.dagId, runId);
    this._runs = [
      ...this._runs.filter(run => run.dag_run_id !== runId),
      found
    ].sort((a, b) => Date.parse(b.run_after) - Date.parse(a.run_after));
    this._changed.emit();
  }

  private fail(error: unknown): void {
    this._error = sentence(error);
    this._isMissing =
      error instanceof ClientError && error.status === 404 && !this._detail;
    this._changed.emit();
  }

  private patchPaused(isPaused: boolean): void {
    if (this._detail) {
      this._detail = { ...this._detail, is_paused: isPaused };
      this._changed.emit();
    }
  }

  private apply(_: Live, changes: Change[]): void {
    const mine = changes.filter(change => isAbout(change, this.dagId));
    if (!mine.length) {
      return;
    }
    this._missed.push(mine);
    this._detail = this._detail && mine.reduce(reduceDag, this._detail);
    this._runs = mine.reduce(patchRunList, this._runs);
    this._graph = this._graph && reduceGraph(this._graph, this.dagId, mine);
    this._changed.emit();
    this.readNews(mine);
  }

  /** Changes carry no graph: a run or a version that is not known yet is read. */
  private readNews(changes: readonly Change[]): void {
    this._hasNews ||= changes.some(isNews);
    this._isCountBehind ||= changes.some(
      change =>
        change.kind === 'task_instance' &&
        change.run_id === this._graph?.run?.run_id &&
        isMapped(this._graph, change.task_id)
    );
    for (const change of changes) {
      if (change.kind === 'dag_run') {
        this._seenRuns.add(change.run_id);
      }
    }
    this._timer ||= window.setTimeout(() => {
      this._timer = 0;
      const known = new Set(this._runs.map(run => run.dag_run_id));
      const isBehind = [...this._seenRuns].some(id => !known.has(id));
      this._seenRuns.clear();
      if (isBehind || this._hasNews) {
        void this.reload();
      } else if (this._isCountBehind) {
        void this.loadGraph();
      }
      this._isCountBehind = false;
    }, READ_DELAY);
  }

  private _detail: IDagDetail | null = null;
  private _graph: IGraph | null = null;
  private _runs: readonly IDagRunV2[] = [];
  private _pinnedRun: string | null;
  /** The run asked for last: answers about others come too late. */
  private _wantedRun: string | null = null;
  private _taskId: string | null;
  private _tab: DagTab;
  private _error: string | null = null;
  private _isMissing = false;
  private _timer = 0;
  private _hasNews = false;
  /** Instances of a mapped task of this run have changed. */
  private _isCountBehind = false;
  private readonly _seenRuns = new Set<string>();
  private readonly _missed = new Missed();
  private readonly _changed = new Signal<this, void>(this);
}

function isAbout(change: Change, dagId: string): boolean {
  return 'dag_id' in change && change.dag_id === dagId;
}

/** The DAG is another one than before. */
function isNews(change: Change): boolean {
  return (
    change.kind === 'dag' &&
    change.event !== 'paused' &&
    change.event !== 'unpaused'
  );
}
