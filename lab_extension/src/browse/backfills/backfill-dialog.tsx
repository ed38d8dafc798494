import type { JSONObject } from '@lumino/coreutils';
import * as React from 'react';

import type { IBackfillRequest } from '../../api/automation-types';
import type { IDag, IDagDetail } from '../../api/types';
import { dagField, type Draft, readForm } from '../../params/fields';
import { FormBody, type FieldErrors } from '../../parts/form-body';
import { SubmitDialog } from '../../parts/submit-dialog';
import { RIGHTS } from '../../rights';
import type { IWorkflow } from '../../tokens';
import { count } from '../../words/time';
import { BackfillFields } from './backfill-fields';
import {
  backfillProblems,
  backfillRequest,
  emptyBackfill,
  type IBackfillForm
} from './backfill-form';
import { Preview } from './preview';

const TYPING_PAUSE = 250;
const FIELDS =
  /^(dag_id|from_date|to_date|reprocess_behavior|max_active_runs|run_backwards|dag_run_conf)$/;

/** The DAGs for which a person can have past dates made up for. */
export function backfillable(dags: readonly IDag[]): IDag[] {
  return dags.filter(
    dag => dag.schedule.raw !== null && dag.rights.includes(RIGHTS.trigger)
  );
}

/** Ask for a range of dates, show the runs that it comes to, and have them made. */
export async function addBackfill(
  workflow: IWorkflow,
  dagId: string
): Promise<boolean> {
  const body = new BackfillBody(workflow, dagId);
  const dialog = new SubmitDialog({
    title: dagId ? `Backfill ${dagId}` : 'New backfill',
    body,
    accept: 'Make runs',
    submit: () => body.submit(),
    focus: dagId ? 'input[type="datetime-local"]' : 'select'
  });
  dialog.addClass('couture-BackfillDialog');
  body.onRuns = runs =>
    dialog.setAccept(
      runs ? `Make ${count(runs, 'run')}` : 'Make runs',
      Boolean(runs)
    );
  void body.ask();
  const answer = await dialog.launch();
  return answer.button.accept;
}

class BackfillBody extends FormBody {
  constructor(
    private readonly workflow: IWorkflow,
    private readonly dagId: string
  ) {
    super();
    this.addClass('couture-FormBody');
    this._form = emptyBackfill(dagId, new Date());
    if (dagId) {
      void this.loadParams();
    }
  }

  onRuns: (runs: number | null) => void = () => undefined;

  /** Learn which runs would be made; what is wrong stands at its field. */
  async ask(): Promise<void> {
    const asked = ++this._asked;
    this.onRuns(null);
    this.errors = this.check();
    this.problem = null;
    if (!Object.keys(this.errors).length) {
      try {
        const api = this.workflow.client.automation;
        const dates = await api.previewBackfill(this.request);
        if (asked === this._asked) {
          this._dates = dates;
          this.onRuns(dates.length);
        }
      } catch (error) {
        if (asked === this._asked) {
          this._dates = null;
          this.explain(error);
        }
      }
    } else {
      this._dates = null;
    }
    this.update();
  }

  override dispose(): void {
    window.clearTimeout(this._timer);
    super.dispose();
  }

  protected override check(): FieldErrors {
    const params = readForm(this._fields, this._draft);
    this._params = params.values;
    return {
      ...params.errors,
      // A DAG that is still to be chosen is asked for, not complained about.
      ...(this._form.dagId ? backfillProblems(this._form) : { dag_id: '' })
    };
  }

  protected override save(): Promise<unknown> {
    return this.workflow.client.automation.addBackfill(this.request);
  }

  protected override hasField(name: string): boolean {
    return FIELDS.test(name) || this._fields.some(field => field.name === name);
  }

  /** Problems of single parameters stand at "dag_run_conf.<name>" or "conf.<name>". */
  protected override nameOf(path: string): string {
    return path.replace(/^(dag_run_)?conf\./, '');
  }

  protected override render(): JSX.Element {
    return (
      <div className="couture-Backfill">
        <BackfillFields
          form={this._form}
          dags={this.dagId ? null : backfillable(this.workflow.dags.rows)}
          isPaused={
            this.workflow.dags.find(this._form.dagId)?.is_paused ?? false
          }
          errors={this.errors}
          problem={this.problem}
          params={this._fields}
          draft={this._draft}
          onChange={patch => this.change(patch)}
          onDraft={draft => {
            this._draft = draft;
            this.askSoon();
          }}
        />
        <Preview dates={this._dates} form={this._form} />
      </div>
    );
  }

  private get request(): IBackfillRequest {
    return backfillRequest(this._form, this._params);
  }

  private change(patch: Partial<IBackfillForm>): void {
    const isOther = patch.dagId && patch.dagId !== this._form.dagId;
    this._form = { ...this._form, ...patch };
    if (isOther) {
      this._detail = null;
      this._draft = {};
      void this.loadParams();
    }
    this.askSoon();
  }

  private askSoon(): void {
    this.update();
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.ask(), TYPING_PAUSE);
  }

  private async loadParams(): Promise<void> {
    const { dagId } = this._form;
    try {
      const detail = await this.workflow.client.dag(dagId);
      if (dagId === this._form.dagId) {
        this._detail = detail;
        this.update();
      }
    } catch {
      // The preview says what is wrong with the DAG.
    }
  }

  private get _fields(): ReturnType<typeof dagField>[] {
    return Object.entries(this._detail?.params ?? {}).map(([name, param]) =>
      dagField(name, param)
    );
  }

  private _form: IBackfillForm;
  private _detail: IDagDetail | null = null;
  private _draft: Draft = {};
  private _params: JSONObject = {};
  private _dates: string[] | null = null;
  private _asked = 0;
  private _timer = 0;
}
