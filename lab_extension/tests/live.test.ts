import type { ServerConnection } from '@jupyterlab/services';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Live } from '../src/api/live';
import type { LiveMessage } from '../src/api/types';

const TARGET = {
  dag_id: 'd',
  run_id: 'r',
  task_id: 't',
  map_index: -1,
  try_number: 1
};

class FakeSocket {
  static all: FakeSocket[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: string[] = [];

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.onclose?.();
  }

  receive(message: LiveMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

function connected(): { live: Live; socket: FakeSocket } {
  const live = new Live({
    wsUrl: 'ws://lab/user/ana/',
    token: 'a b',
    appendToken: true,
    WebSocket: FakeSocket
  } as unknown as ServerConnection.ISettings);
  live.connect();
  return { live, socket: FakeSocket.all[0] };
}

beforeEach(() => {
  FakeSocket.all = [];
  vi.stubGlobal('window', globalThis);
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the live socket', () => {
  it('is asked for under the base URL, with the token', () => {
    const { socket } = connected();
    expect(socket.url).toBe(
      'ws://lab/user/ana/workflow/api/couture/live?token=a%20b'
    );
  });

  it('is open after the hello, and passes changes on', () => {
    const { live, socket } = connected();
    const seen: string[] = [];
    live.opened.connect(() => seen.push('opened'));
    live.changes.connect((_, changes) =>
      seen.push(...changes.map(change => change.kind))
    );
    socket.receive({ type: 'hello', last_id: 1 });
    const change = {
      kind: 'import_error',
      filename: 'a.py',
      error: null
    } as const;
    socket.receive({ type: 'changes', last_id: 2, changes: [change] });
    expect(live.state).toBe('open');
    expect(seen).toEqual(['opened', 'import_error']);
  });

  it('comes back by itself, and says when it tries', () => {
    const { live, socket } = connected();
    socket.receive({ type: 'hello', last_id: 1 });
    socket.close();
    expect(live.state).toBe('away');
    expect(live.nextTry).toBeGreaterThan(Date.now());
    vi.advanceTimersByTime(500);
    FakeSocket.all[1].receive({ type: 'hello', last_id: 5 });
    expect(live.state).toBe('open');
    expect(live.nextTry).toBeNull();
  });

  it('follows logs again from their start after it was lost', () => {
    const { live, socket } = connected();
    const restarted = vi.fn();
    const onText = vi.fn();
    live.followLog(TARGET, onText, restarted);
    socket.receive({ type: 'hello', last_id: 1 });
    socket.close();
    live.connect();
    const next = FakeSocket.all[1];
    next.receive({ type: 'hello', last_id: 1 });
    expect(restarted).toHaveBeenCalled();
    const { id, ...request } = JSON.parse(next.sent[0]) as { id: string };
    expect(request).toEqual({ type: 'follow_log', offset: 0, ...TARGET });
    next.receive({ type: 'log', id, offset: 0, text: 'x', end: true });
    expect(onText).toHaveBeenCalledOnce();
  });

  it('follows a task until it is let go', () => {
    const { live, socket } = connected();
    socket.receive({ type: 'hello', last_id: 1 });
    const onTask = vi.fn();
    const target = { dag_id: 'd', run_id: 'r', task_id: 't', map_index: -1 };
    const follower = live.followTask(target, onTask);
    const { id, ...request } = JSON.parse(socket.sent[0]) as { id: string };
    expect(request).toEqual({ type: 'follow_task', ...target });
    const message = { type: 'task', id, task: null, detail: 'gone' } as const;
    socket.receive(message);
    follower.dispose();
    socket.receive(message);
    expect(onTask).toHaveBeenCalledExactlyOnceWith(message);
  });

  it('says when nobody follows a log any more', () => {
    const { live, socket } = connected();
    socket.receive({ type: 'hello', last_id: 1 });
    live.followLog(TARGET, vi.fn(), vi.fn()).dispose();
    expect(
      socket.sent.map(text => (JSON.parse(text) as { type: string }).type)
    ).toEqual(['follow_log', 'unfollow']);
  });

  it('does not connect again once disposed', () => {
    const { live, socket } = connected();
    live.dispose();
    socket.onclose?.();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});
