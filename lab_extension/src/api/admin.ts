/** Variables, connections, pools and settings. */
import type { JSONObject } from '@lumino/coreutils';

import type * as T from './admin-types';
import { ours, type Requests, v2 } from './requests';

export class AdminApi {
  constructor(private readonly requests: Requests) {}

  async variables(query: T.IListQuery): Promise<T.IPage<T.IVariable>> {
    type Answer = { variables: T.IVariable[]; total_entries: number };
    const { search, ...rest } = query;
    const found = await this.requests.get<Answer>(v2('variables'), {
      ...rest,
      variable_key_pattern: search
    });
    return { rows: found.variables, total: found.total_entries };
  }

  addVariable(variable: T.IVariable): Promise<T.IVariable> {
    return this.requests.send('POST', v2('variables'), variable);
  }

  changeVariable(
    variable: T.IVariable,
    fields: string[]
  ): Promise<T.IVariable> {
    const mask = fields.map(field => `update_mask=${field}`).join('&');
    const path = `${v2('variables', variable.key)}?${mask}`;
    return this.requests.send('PATCH', path, variable);
  }

  deleteVariable(key: string): Promise<void> {
    return this.requests.remove(v2('variables', key));
  }

  /** A variable with its value in clear; that it was shown is recorded. */
  revealVariable(key: string): Promise<T.IVariable> {
    return this.requests.send('POST', ours('variables', key, 'reveal'), {});
  }

  importVariables(
    variables: JSONObject,
    action: T.ExistingKey
  ): Promise<T.IImportReport> {
    const body = { variables, action_on_existing_key: action };
    return this.requests.send('POST', ours('variables', 'import'), body);
  }

  async exportVariables(): Promise<JSONObject> {
    type Answer = { variables: JSONObject };
    const path = ours('variables', 'export');
    return (await this.requests.send<Answer>('POST', path, {})).variables;
  }

  async connections(query: T.IListQuery): Promise<T.IConnectionPage> {
    type Answer = {
      connections: T.IConnection[];
      total_entries: number;
      can_test: boolean;
    };
    const { search, ...rest } = query;
    const found = await this.requests.get<Answer>(ours('connections'), {
      ...rest,
      connection_id_pattern: search
    });
    return {
      rows: found.connections,
      total: found.total_entries,
      canTest: found.can_test
    };
  }

  addConnection(fields: T.IConnectionFields): Promise<T.IConnection> {
    return this.requests.send('POST', ours('connections'), fields);
  }

  changeConnection(
    id: number,
    fields: T.IConnectionFields
  ): Promise<T.IConnection> {
    return this.requests.send('PATCH', ours('connections', `${id}`), fields);
  }

  deleteConnection(id: number): Promise<void> {
    return this.requests.remove(ours('connections', `${id}`));
  }

  testConnection(id: number): Promise<T.IConnectionTest> {
    return this.requests.send('POST', ours('connections', `${id}`, 'test'), {});
  }

  async pools(query: T.IListQuery): Promise<T.IPage<T.IPool>> {
    type Answer = { pools: T.IPool[]; total_entries: number };
    const { search, ...rest } = query;
    const found = await this.requests.get<Answer>(v2('pools'), {
      ...rest,
      pool_name_pattern: search
    });
    return { rows: found.pools, total: found.total_entries };
  }

  addPool(name: string, fields: T.IPoolFields): Promise<T.IPool> {
    return this.requests.send('POST', v2('pools'), { name, ...fields });
  }

  changePool(name: string, fields: Partial<T.IPoolFields>): Promise<T.IPool> {
    return this.requests.send('PATCH', v2('pools', name), fields);
  }

  deletePool(name: string): Promise<void> {
    return this.requests.remove(v2('pools', name));
  }

  settings(): Promise<T.ISettingList> {
    return this.requests.get(ours('settings'));
  }
}
