/** One WebSocket for the whole page: what changed on the server, logs as they grow, tasks. */
import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { retryDelay } from './backoff';
import type {
  Change,
  ILogMessage,
  ILogTarget,
  ITaskMessage,
  ITaskTarget,
  LiveMessage
} from './types';

export type LiveState = 'connecting' | 'open' | 'away';

interface IFollower {
  request: object;
  onMessage: (message: LiveMessage) => void;
  onRestart: () => void;
}

/** Keeps the socket open; tells listeners when they must read afresh (`opened`). */
export class Live implements IDisposable {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  get state(): LiveState {
    return this._state;
  }

  /** When the next attempt to connect is made, in ms since the epoch. */
  get nextTry(): number | null {
    return this._nextTry;
  }

  get stateChanged(): ISignal<this, LiveState> {
    return this._stateChanged;
  }

  /** Emitted after each hello: changes before it may have been missed. */
  get opened(): ISignal<this, void> {
    return this._opened;
  }

  get changes(): ISignal<this, Change[]> {
    return this._changes;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  connect(): void {
    if (this._isDisposed || this._socket) {
      return;
    }
    window.clearTimeout(this._timer);
    this._nextTry = null;
    const socket = new this.settings.WebSocket(this.url());
    this._socket = socket;
    socket.onmessage = event =>
      this.receive(JSON.parse(event.data as string) as LiveMessage);
    socket.onclose = () => this.lost(socket);
  }

  /** Push the text of a log, from its start, until the returned object is disposed. */
  followLog(
    target: ILogTarget,
    onText: (message: ILogMessage) => void,
    onRestart: () => void
  ): IDisposable {
    return this.follow({
      request: { type: 'follow_log', offset: 0, ...target },
      onMessage: message => onText(message as ILogMessage),
      onRestart
    });
  }

  /** Push a task, at once and whenever it changes, until the returned object is disposed. */
  followTask(
    target: ITaskTarget,
    onTask: (message: ITaskMessage) => void
  ): IDisposable {
    return this.follow({
      request: { type: 'follow_task', ...target },
      onMessage: message => onTask(message as ITaskMessage),
      onRestart: () => undefined
    });
  }

  dispose(): void {
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._socket?.close();
    Signal.clearData(this);
  }

  private follow(follower: IFollower): IDisposable {
    const id = `follow-${++this._lastId}`;
    this._followers.set(id, follower);
    if (this._state === 'open') {
      this.send({ ...follower.request, id });
    }
    return new DisposableDelegate(() => {
      if (this._followers.delete(id) && this._state === 'open') {
        this.send({ type: 'unfollow', id });
      }
    });
  }

  private url(): string {
    const { wsUrl, token, appendToken } = this.settings;
    const url = URLExt.join(wsUrl, 'workflow/api/couture/live');
    return appendToken && token
      ? `${url}?token=${encodeURIComponent(token)}`
      : url;
  }

  private receive(message: LiveMessage): void {
    switch (message.type) {
      case 'hello':
        return this.welcome();
      case 'changes':
        return void this._changes.emit(message.changes);
      case 'log':
      case 'task':
        return this._followers.get(message.id)?.onMessage(message);
    }
  }

  private welcome(): void {
    this._attempt = 0;
    this.setState('open');
    this._opened.emit();
    for (const [id, { request, onRestart }] of this._followers) {
      onRestart();
      this.send({ ...request, id });
    }
  }

  private lost(socket: WebSocket): void {
    if (this._socket !== socket || this._isDisposed) {
      return;
    }
    this._socket = null;
    const delay = retryDelay(this._attempt++, Math.random());
    this._nextTry = Date.now() + delay;
    this._timer = window.setTimeout(() => this.connect(), delay);
    this.setState('away');
  }

  private setState(state: LiveState): void {
    this._state = state;
    this._stateChanged.emit(state);
  }

  private send(message: object): void {
    this._socket?.send(JSON.stringify(message));
  }

  private _socket: WebSocket | null = null;
  private _state: LiveState = 'connecting';
  private _nextTry: number | null = null;
  private _attempt = 0;
  private _timer = 0;
  private _lastId = 0;
  private _isDisposed = false;
  private readonly _followers = new Map<string, IFollower>();
  private readonly _stateChanged = new Signal<this, LiveState>(this);
  private readonly _opened = new Signal<this, void>(this);
  private readonly _changes = new Signal<this, Change[]>(this);
}
