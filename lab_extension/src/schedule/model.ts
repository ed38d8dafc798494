/** The state of an open schedule dialog: what is asked, what the server says of it. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { Client } from '../api/client';
import { ClientError, sentence } from '../api/errors';
import type {
  INotebookParameters,
  INotebookSource,
  IPreviewTimes,
  IScheduled
} from '../api/types';
import type { IField } from '../params/fields';
import { fieldsOf, initialForm, type IScheduleForm, toRequest } from './form';

const PREVIEW_DELAY = 250;
/** Fields that have a place of their own for an error; others are told at the foot. */
const PLACED =
  /^(cron|timezone|output_name|retries|retry_delay|parameters\..+)$/;

export class ScheduleModel {
  constructor(
    private readonly client: Client,
    private readonly original: INotebookSource,
    readonly notebook: INotebookParameters,
    readonly timezones: readonly string[],
    localTimezone: string
  ) {
    this.fields = fieldsOf(notebook);
    this._form = initialForm(notebook, localTimezone);
    this.requestTimes();
  }

  readonly fields: readonly IField[];

  get form(): IScheduleForm {
    return this._form;
  }

  /** The words and times of the cron text, null until they are known or while it is wrong. */
  get times(): IPreviewTimes | null {
    return this._times;
  }

  get errors(): Readonly<Record<string, string>> {
    return this._errors;
  }

  /** What is wrong and has no field. */
  get problem(): string | null {
    return this._problem;
  }

  /** The DAG file that would be written; null while it is not shown. */
  get source(): string | null {
    return this._source;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  update(patch: Partial<IScheduleForm>): void {
    this._form = { ...this._form, ...patch };
    this._errors = {};
    this._problem = null;
    this._source = null;
    if ('cron' in patch || 'timezone' in patch) {
      this.requestTimes();
    }
    this._changed.emit();
  }

  /** Send the schedule; null if the server or the form said no, which is then shown. */
  schedule(): Promise<IScheduled | null> {
    return this.send(request => this.client.schedule(request));
  }

  async toggleSource(): Promise<void> {
    if (this._source !== null) {
      this._source = null;
      this._changed.emit();
      return;
    }
    const preview = await this.send(request =>
      this.client.previewSchedule(request)
    );
    this._source = preview?.source ?? null;
    this._changed.emit();
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private async send(
    call: (request: Parameters<Client['schedule']>[0]) => Promise<IScheduled>
  ): Promise<IScheduled | null> {
    const { request, errors } = toRequest(
      this.original,
      this._form,
      this.fields
    );
    this._errors = errors;
    this._problem = null;
    try {
      return Object.keys(errors).length ? null : await call(request);
    } catch (error) {
      this.explain(error);
      return null;
    } finally {
      this._changed.emit();
    }
  }

  private explain(error: unknown): void {
    this._errors = error instanceof ClientError ? error.fields : {};
    const isPlaced = Object.keys(this._errors).some(path => PLACED.test(path));
    this._problem = isPlaced ? null : sentence(error);
  }

  private requestTimes(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.loadTimes(), PREVIEW_DELAY);
  }

  private async loadTimes(): Promise<void> {
    const { cron, timezone } = this._form;
    try {
      const times = await this.client.previewTimes(cron, timezone);
      if (cron === this._form.cron && timezone === this._form.timezone) {
        this._times = times;
      }
    } catch (error) {
      this._times = null;
      this.explain(error);
    }
    this._changed.emit();
  }

  private _form: IScheduleForm;
  private _times: IPreviewTimes | null = null;
  private _errors: Readonly<Record<string, string>> = {};
  private _problem: string | null = null;
  private _source: string | null = null;
  private _timer = 0;
  private readonly _changed = new Signal<this, void>(this);
}
