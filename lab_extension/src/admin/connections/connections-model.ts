/** The list of connections, and what their tests said since the page was opened. */
import type { AdminApi } from '../../api/admin';
import type { IConnection, IConnectionTest } from '../../api/admin-types';
import { sentence } from '../../api/errors';
import { ListModel } from '../list/list-model';

export type Trial = 'running' | IConnectionTest;

export class ConnectionsModel extends ListModel<IConnection> {
  constructor(readonly api: AdminApi) {
    super(async query => {
      const page = await api.connections(query);
      this._canTest = page.canTest;
      return page;
    }, 'connection_id');
  }

  /** Whether the server tests connections at all. */
  get canTest(): boolean {
    return this._canTest;
  }

  trialOf(id: number): Trial | undefined {
    return this._trials.get(id);
  }

  async test(id: number): Promise<void> {
    this._trials.set(id, 'running');
    this.touch();
    let trial: IConnectionTest;
    try {
      trial = await this.api.testConnection(id);
    } catch (error) {
      trial = { status: false, message: sentence(error) };
    }
    this._trials.set(id, trial);
    this.touch();
  }

  private _canTest = false;
  private readonly _trials = new Map<number, Trial>();
}
