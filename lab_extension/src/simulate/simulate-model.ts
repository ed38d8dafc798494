/** What a DAG's schedule would do: the form, and what came of it. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { ISimulated } from '../api/automation-types';
import type { Client } from '../api/client';
import { ClientError, sentence } from '../api/errors';
import type { IGraph } from '../api/types';
import { dayStart, toLocal } from '../words/local-time';
import {
  formProblems,
  type IAssumption,
  type ISimulateForm,
  simulateRequest
} from './assumptions';

const DAY = 86_400_000;

/** The task and the run that are looked at; no task = the run. */
export interface IPlace {
  rowId: string | null;
  column: number;
}

export class SimulateModel {
  constructor(
    private readonly client: Client,
    readonly dagId: string
  ) {
    this._form = { ...spanFrom(new Date(), 7), assumptions: [] };
  }

  get form(): ISimulateForm {
    return this._form;
  }

  /** Sentences by `from`, `to` and the keys of assumptions. */
  get problems(): Readonly<Record<string, string>> {
    return this._problems;
  }

  /** Why there is no answer to what was asked last, or null. */
  get error(): string | null {
    return this._error;
  }

  get isBusy(): boolean {
    return this._isBusy;
  }

  get found(): ISimulated | null {
    return this._found;
  }

  get graph(): IGraph | null {
    return this._graph;
  }

  get place(): IPlace | null {
    return this._place;
  }

  get isClosed(): ReadonlySet<string> {
    return this._isClosed;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  change(patch: Partial<ISimulateForm>): void {
    this._form = { ...this._form, ...patch };
    this._changed.emit();
  }

  /** So many days from the midnight before `at` on; before it, where they are negative. */
  span(days: number): void {
    this.change(spanFrom(new Date(), days));
    void this.run();
  }

  assume(): void {
    const key = ++this._keys;
    const one: IAssumption = {
      key,
      task: '*',
      kind: 'takes',
      value: '5 min',
      chosen: []
    };
    this.change({ assumptions: [...this._form.assumptions, one] });
  }

  changeAssumption(key: number, patch: Partial<IAssumption> | null): void {
    const changed = this._form.assumptions.flatMap(one =>
      one.key !== key ? [one] : patch ? [{ ...one, ...patch }] : []
    );
    this.change({ assumptions: changed });
  }

  pick(place: IPlace | null): void {
    this._place = place;
    this._changed.emit();
  }

  toggleGroup(id: string): void {
    const closed = new Set(this._isClosed);
    if (!closed.delete(id)) {
      closed.add(id);
    }
    this._isClosed = closed;
    this._changed.emit();
  }

  /** Simulate once, if that was not done yet. */
  start(): void {
    if (!this._isStarted) {
      void this.run();
    }
  }

  async run(): Promise<void> {
    this._isStarted = true;
    this._problems = formProblems(this._form);
    this._error = null;
    if (Object.keys(this._problems).length || this._isBusy) {
      this._changed.emit();
      return;
    }
    this._isBusy = true;
    this._changed.emit();
    try {
      const request = simulateRequest(this._form);
      const [graph, found] = await Promise.all([
        this.client.graph(this.dagId, null),
        this.client.automation.simulate(this.dagId, request)
      ]);
      this._graph = graph;
      this._found = found;
      this._place = null;
    } catch (error) {
      this.explain(error);
    }
    this._isBusy = false;
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  /** What the server says of `duration.load` stands at the assumption of load. */
  private explain(error: unknown): void {
    const fields = error instanceof ClientError ? error.fields : {};
    for (const [path, text] of Object.entries(fields)) {
      const own = this._form.assumptions.find(one =>
        path.includes(`.${one.task}`)
      );
      const name = own ? String(own.key) : path;
      this._problems = { ...this._problems, [name]: text };
    }
    const shown = ['from', 'to', ...this._form.assumptions.map(one => one.key)];
    if (!shown.some(name => this._problems[name])) {
      this._error = sentence(error);
    }
  }

  private _form: ISimulateForm;
  private _problems: Record<string, string> = {};
  private _error: string | null = null;
  private _isBusy = false;
  private _isStarted = false;
  private _found: ISimulated | null = null;
  private _graph: IGraph | null = null;
  private _place: IPlace | null = null;
  private _isClosed: ReadonlySet<string> = new Set();
  private _keys = 0;
  private readonly _changed = new Signal<this, void>(this);
}

function spanFrom(now: Date, days: number): Pick<ISimulateForm, 'from' | 'to'> {
  const today = dayStart(now);
  // From the noon of the other day to its midnight: a day may have 23 or 25 hours.
  const other = dayStart(new Date(today.getTime() + (days + 0.5) * DAY));
  const [from, to] = days < 0 ? [other, today] : [today, other];
  return { from: toLocal(from), to: toLocal(to) };
}
