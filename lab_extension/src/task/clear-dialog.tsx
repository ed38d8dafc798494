import * as React from 'react';

import type { Client } from '../api/client';
import { sentence } from '../api/errors';
import type { IClearRequest, ITaskInstanceV2 } from '../api/types';
import type { DagModel } from '../models/dag';
import { Chip } from '../parts/controls';
import { FormWidget } from '../parts/form-widget';
import { StateMark } from '../parts/state-mark';
import { SubmitDialog } from '../parts/submit-dialog';
import { count } from '../words/time';
import { touchedTasks } from './touched';

/** Ask what to clear with a task, or one instance of it, saying what it touches, and do it. */
export async function clearTask(
  client: Client,
  model: DagModel,
  runId: string,
  taskId: string,
  mapIndex: number | null = null
): Promise<void> {
  const order = model.graph?.nodes.map(node => node.task_id) ?? [];
  const what: string | [string, number] =
    mapIndex === null ? taskId : [taskId, mapIndex];
  const body = new ClearBody(client, model.dagId, runId, what, order);
  const name = mapIndex === null ? taskId : `${taskId} [${mapIndex}]`;
  const dialog = new SubmitDialog({
    title: `Clear ${name} and run it again?`,
    body,
    accept: 'Clear',
    submit: () => body.clear()
  });
  body.onTasks = tasks =>
    dialog.setAccept(
      `Clear ${count(tasks?.length ?? 0, 'task')}`,
      Boolean(tasks?.length)
    );
  void body.ask();
  await dialog.launch();
}

class ClearBody extends FormWidget {
  constructor(
    private readonly client: Client,
    private readonly dagId: string,
    runId: string,
    what: string | [string, number],
    /** The task ids as they follow each other. */
    private readonly order: readonly string[]
  ) {
    super();
    this.addClass('couture-ClearBody');
    this._request = {
      dag_run_id: runId,
      task_ids: [what],
      include_downstream: true,
      include_upstream: false,
      only_failed: false,
      dry_run: true
    };
  }

  onTasks: (tasks: ITaskInstanceV2[] | null) => void = () => undefined;

  /** Learn what would be touched. */
  async ask(): Promise<void> {
    const request = this._request;
    this.onTasks(null);
    await this.guard(async () => {
      const tasks = await this.client.clear(this.dagId, request);
      if (request === this._request) {
        this._tasks = tasks;
        this.onTasks(tasks);
      }
    });
  }

  clear(): Promise<boolean> {
    const request = { ...this._request, dry_run: false };
    return this.guard(() => this.client.clear(this.dagId, request));
  }

  protected override render(): JSX.Element {
    const { include_downstream: down, include_upstream: up } = this._request;
    return (
      <>
        <p className="couture-Secondary">{this.words()}</p>
        <ul className="couture-ClearBody-list">
          {touchedTasks(this._tasks, this.dagId, this.order).map(
            ({ name, state, words }) => (
              <li key={name}>
                <StateMark state={state} size={14} />
                <span>{name}</span>
                <span className="couture-Secondary">{words}</span>
              </li>
            )
          )}
        </ul>
        <div className="couture-Chips" role="group" aria-label="Clear also">
          <Chip
            text="Downstream"
            pressed={down}
            onClick={() => this.change({ include_downstream: !down })}
          />
          <Chip
            text="Upstream"
            pressed={up}
            onClick={() => this.change({ include_upstream: !up })}
          />
        </div>
        {this._error && (
          <p className="couture-FieldError" role="alert">
            {this._error}
          </p>
        )}
      </>
    );
  }

  private words(): string {
    const n = this._tasks.length;
    return `${count(n, 'task')} ${n === 1 ? 'goes' : 'go'} back to not started and ${n === 1 ? 'runs' : 'run'} again:`;
  }

  private change(update: Partial<IClearRequest>): void {
    this._request = { ...this._request, ...update };
    this.update();
    void this.ask();
  }

  private async guard(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      this._error = null;
      return true;
    } catch (error) {
      this._error = sentence(error);
      return false;
    } finally {
      this.update();
    }
  }

  private _request: IClearRequest;
  private _tasks: ITaskInstanceV2[] = [];
  private _error: string | null = null;
}
