/** Variables, connections, pools and settings, as the server sends them. */

export interface IListQuery {
  search: string;
  limit: number;
  offset: number;
  order_by: string;
}

export interface IPage<T> {
  rows: T[];
  total: number;
}

export interface IVariable {
  key: string;
  /** `***` where the key says that it is secret. */
  value: string | null;
  description: string | null;
}

export type ExistingKey = 'overwrite' | 'fail' | 'skip';

export interface IImportReport {
  created: string[];
  changed: string[];
  kept: string[];
}

export interface IConnectionFields {
  connection_id: string;
  conn_type: string;
  description: string | null;
  host: string | null;
  login: string | null;
  schema: string | null;
  port: number | null;
  password: string | null;
  extra: string | null;
}

export interface IConnection extends IConnectionFields {
  id: number;
  /** How many connections have this id. */
  sharing: number;
}

export interface IConnectionPage extends IPage<IConnection> {
  canTest: boolean;
}

export interface IConnectionTest {
  status: boolean;
  message: string;
}

export interface IPoolFields {
  slots: number;
  description: string | null;
  include_deferred: boolean;
}

export interface IPool extends IPoolFields {
  name: string;
  occupied_slots: number;
  running_slots: number;
  queued_slots: number;
  scheduled_slots: number;
  deferred_slots: number;
  open_slots: number;
}

export interface ISetting {
  section: string;
  key: string;
  value: string;
  default: string;
  help: string;
  source: 'file' | 'environment' | 'default';
}

export interface ISettingList {
  settings: ISetting[];
  file: string;
}
