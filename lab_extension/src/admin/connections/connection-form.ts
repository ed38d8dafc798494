/** What the connection dialog asks. Pure. */
import type { IConnection, IConnectionFields } from '../../api/admin-types';
import type { IField, Values } from '../form/field';

const HIDDEN = '***';
const ID = /^[\w.-]+$/;

const TYPES: [string, string][] = [
  ['postgres', 'PostgreSQL'],
  ['mysql', 'MySQL'],
  ['sqlite', 'SQLite'],
  ['mssql', 'SQL Server'],
  ['oracle', 'Oracle'],
  ['http', 'HTTP'],
  ['ssh', 'SSH'],
  ['sftp', 'SFTP'],
  ['ftp', 'FTP'],
  ['smtp', 'SMTP'],
  ['redis', 'Redis'],
  ['mongo', 'MongoDB'],
  ['hdfs', 'HDFS'],
  ['hiveserver2', 'Hive'],
  ['livy', 'Livy'],
  ['spark', 'Spark'],
  ['s3', 'S3'],
  ['fs', 'Folder'],
  ['generic', 'Other']
];

/** "PostgreSQL" of `postgres`; a type that nobody knows as it is. */
export function typeWords(type: string): string {
  return TYPES.find(([name]) => name === type)?.[1] ?? type;
}

export function fieldsOf(
  connection: IConnection | null,
  values: Values
): IField[] {
  const type = String(values.conn_type);
  const isKnown = TYPES.some(([name]) => name === type);
  const kept = connection?.password ? 'Stored. Typing replaces it.' : undefined;
  return [
    {
      name: 'connection_id',
      label: 'Connection id',
      help: connection
        ? undefined
        : 'By which tasks know it. Several connections may share one: one of them is picked at random.'
    },
    {
      name: 'conn_type',
      label: 'Type',
      kind: 'choice',
      options: isKnown ? TYPES : [[type, type], ...TYPES]
    },
    { name: 'host', label: 'Host' },
    { name: 'port', label: 'Port', kind: 'number' },
    { name: 'schema', label: 'Schema' },
    { name: 'login', label: 'Login' },
    {
      name: 'password',
      label: 'Password',
      kind: 'password',
      placeholder: kept
    },
    ...(connection?.password
      ? [
          {
            name: 'no_password',
            label: 'Remove the stored password',
            kind: 'check' as const
          }
        ]
      : []),
    {
      name: 'extra',
      label: 'Extra',
      kind: 'area',
      placeholder: '{"sslmode": "require"}',
      help: 'A JSON object. What is secret in it shows as *** and stays as it is.'
    },
    { name: 'description', label: 'Description' }
  ];
}

export function valuesOf(connection: IConnection | null): Values {
  return {
    connection_id: connection?.connection_id ?? '',
    conn_type: connection?.conn_type ?? 'postgres',
    host: connection?.host ?? '',
    port: String(connection?.port ?? ''),
    schema: connection?.schema ?? '',
    login: connection?.login ?? '',
    password: '',
    no_password: false,
    extra: connection?.extra ?? '',
    description: connection?.description ?? ''
  };
}

export function problemsOf(values: Values): Record<string, string> {
  const problems: Record<string, string> = {};
  const id = String(values.connection_id).trim();
  if (!ID.test(id)) {
    problems.connection_id = id
      ? 'Only letters, digits, dot, dash and underscore'
      : 'The connection needs an id';
  }
  const port = String(values.port).trim();
  if (port && (!/^\d{1,5}$/.test(port) || Number(port) > 65535)) {
    problems.port = 'A number from 0 to 65535';
  }
  const extra = String(values.extra).trim();
  if (extra && extra !== HIDDEN && !isObject(extra)) {
    problems.extra = 'This is no JSON object';
  }
  return problems;
}

export function connectionOf(
  values: Values,
  before: IConnection | null
): IConnectionFields {
  const text = (name: string): string | null =>
    String(values[name]).trim() || null;
  const kept = before?.password && !values.no_password ? HIDDEN : null;
  return {
    connection_id: String(values.connection_id).trim(),
    conn_type: String(values.conn_type),
    description: text('description'),
    host: text('host'),
    login: text('login'),
    schema: text('schema'),
    port: text('port') === null ? null : Number(values.port),
    password: String(values.password) || kept,
    extra: text('extra')
  };
}

function isObject(text: string): boolean {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null && !Array.isArray(found);
  } catch {
    return false;
  }
}
