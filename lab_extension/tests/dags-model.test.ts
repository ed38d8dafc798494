import { Signal } from '@lumino/signaling';
import { expect, it } from 'vitest';

import type { Client } from '../src/api/client';
import type { Live } from '../src/api/live';
import type { Change, IDag, IDagList } from '../src/api/types';
import { DagsModel } from '../src/models/dags';

const row = (dag_id: string): IDag =>
  ({ dag_id, is_paused: false, recent_runs: [] }) as unknown as IDag;

const live = {
  opened: new Signal<object, void>({}),
  changes: new Signal<object, readonly Change[]>({})
};

/** A model whose server answers when it is told to. */
function waiting(): {
  model: DagsModel;
  asked: (string | null)[];
  answer: (page: Partial<IDagList>) => Promise<void>;
  fail: () => Promise<void>;
} {
  const asked: (string | null)[] = [];
  let resolve: (page: IDagList | Promise<IDagList>) => void = () => undefined;
  const client = {
    dags: (after: string | null) => {
      asked.push(after);
      return new Promise<IDagList>(done => (resolve = done));
    }
  };
  const model = new DagsModel(
    client as unknown as Client,
    live as unknown as Live
  );
  const settled = (): Promise<void> => new Promise(done => setTimeout(done));
  const answer = (page: Partial<IDagList>): Promise<void> => {
    resolve({ dags: [], import_errors: [], next: null, ...page });
    return settled();
  };
  const fail = (): Promise<void> => {
    resolve(Promise.reject(new Error('the server is away')));
    return settled();
  };
  return { model, asked, answer, fail };
}

const ids = (model: DagsModel): string[] => model.rows.map(one => one.dag_id);

it('shows the first page while the next one is awaited', async () => {
  const { model, asked, answer } = waiting();
  void model.refresh();
  await answer({ dags: [row('a'), row('b')], next: 'b' });
  expect(model.isLoaded).toBe(true);
  expect(ids(model)).toEqual(['a', 'b']);
  await answer({ dags: [row('c')] });
  expect(ids(model)).toEqual(['a', 'b', 'c']);
  expect(asked).toEqual([null, 'b']);
});

it('keeps what is shown until all pages of a later reading are there', async () => {
  const { model, answer } = waiting();
  void model.refresh();
  await answer({ dags: [row('a'), row('b'), row('c')] });
  void model.refresh();
  await answer({ dags: [row('a')], next: 'a' });
  expect(ids(model)).toEqual(['a', 'b', 'c']);
  await answer({ dags: [row('c')] });
  expect(ids(model)).toEqual(['a', 'c']);
});

it('loses no change that came between two pages', async () => {
  const { model, answer } = waiting();
  void model.refresh();
  await answer({ dags: [row('a')], next: 'a' });
  live.changes.emit([
    { kind: 'dag', dag_id: 'a', event: 'paused' }
  ] as unknown as Change[]);
  await answer({ dags: [row('b')] });
  expect(model.find('a')?.is_paused).toBe(true);
});

it('says what went wrong with a later page and keeps the rows before it', async () => {
  const { model, answer, fail } = waiting();
  void model.refresh();
  await answer({ dags: [row('a')], next: 'a' });
  await fail();
  expect(model.error).toContain('away');
  expect(ids(model)).toEqual(['a']);
});
