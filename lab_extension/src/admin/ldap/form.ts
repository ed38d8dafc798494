/** The directory's settings as a form: groups, changes, warnings. Pure. */
import type {
  ILdapOption,
  LdapValue,
  LdapValues
} from '../../api/security-types';

/** Heading and the settings below it, in the order in which one fills them in. */
export const GROUPS: readonly [string, readonly string[]][] = [
  ['Connection', ['AUTH_TYPE', 'AUTH_LDAP_SERVER', 'AUTH_LDAP_USE_TLS']],
  [
    'Search',
    [
      'AUTH_LDAP_BIND_USER',
      'AUTH_LDAP_BIND_PASSWORD',
      'AUTH_LDAP_SEARCH',
      'AUTH_LDAP_UID_FIELD',
      'AUTH_LDAP_SEARCH_FILTER',
      'AUTH_LDAP_GROUP_SEARCH'
    ]
  ],
  ['Direct bind', ['AUTH_LDAP_USERNAME_FORMAT', 'AUTH_LDAP_APPEND_DOMAIN']],
  [
    'Certificates',
    [
      'AUTH_LDAP_TLS_DEMAND',
      'AUTH_LDAP_TLS_CACERTFILE',
      'AUTH_LDAP_TLS_CACERTDIR',
      'AUTH_LDAP_TLS_CERTFILE',
      'AUTH_LDAP_TLS_KEYFILE',
      'AUTH_LDAP_ALLOW_SELF_SIGNED'
    ]
  ],
  [
    'Names',
    [
      'AUTH_LDAP_FIRSTNAME_FIELD',
      'AUTH_LDAP_LASTTNAME_FIELD',
      'AUTH_LDAP_EMAIL_FIELD'
    ]
  ],
  ['Registration', ['AUTH_USER_REGISTRATION', 'AUTH_USER_REGISTRATION_ROLE']]
];

export interface ILdapGroup {
  title: string;
  options: ILdapOption[];
}

/** All settings of the server, grouped; those that no group names come last. */
export function grouped(options: readonly ILdapOption[]): ILdapGroup[] {
  const groups = GROUPS.map(([title, names]) => ({
    title,
    options: names.flatMap(name => options.filter(one => one.name === name))
  }));
  const named = new Set(GROUPS.flatMap(([, names]) => names));
  const rest = options.filter(one => !named.has(one.name));
  return [
    ...groups.filter(group => group.options.length),
    ...(rest.length ? [{ title: 'Further', options: rest }] : [])
  ];
}

/** The value that would hold after saving; secrets that are not typed anew are unknown (null). */
export function valueOf(
  option: ILdapOption,
  draft: LdapValues
): LdapValue | null {
  if (option.name in draft) {
    return draft[option.name] ?? option.default;
  }
  return option.value;
}

/** The draft after one more edit; an edit back to what is saved is no edit. */
export function edited(
  draft: LdapValues,
  option: ILdapOption,
  value: LdapValue | null
): LdapValues {
  const next = { ...draft };
  if (!option.is_secret && value === option.value) {
    delete next[option.name];
  } else {
    next[option.name] = value;
  }
  return next;
}

/** Settings that are weaker than they need to be, by name. */
export function warningsOf(
  options: readonly ILdapOption[],
  draft: LdapValues
): Record<string, string> {
  const value = (name: string): LdapValue | null => {
    const option = options.find(one => one.name === name);
    return option ? valueOf(option, draft) : null;
  };
  const warnings: Record<string, string> = {};
  const isPlain = String(value('AUTH_LDAP_SERVER') ?? '')
    .toLowerCase()
    .startsWith('ldap:');
  if (isPlain && value('AUTH_LDAP_USE_TLS') !== true) {
    warnings.AUTH_LDAP_USE_TLS =
      'Not encrypted: passwords cross the network as they were typed.';
  }
  if (
    value('AUTH_LDAP_ALLOW_SELF_SIGNED') === true &&
    value('AUTH_LDAP_TLS_DEMAND') !== true
  ) {
    warnings.AUTH_LDAP_ALLOW_SELF_SIGNED =
      'Any certificate is accepted: whoever stands between can read passwords. Name the authority’s file instead.';
  }
  const role = value('AUTH_USER_REGISTRATION_ROLE');
  if (
    value('AUTH_USER_REGISTRATION') === true &&
    (role === 'Admin' || role === 'Op')
  ) {
    warnings.AUTH_USER_REGISTRATION_ROLE = `Everybody in the directory becomes ${role} at the first login.`;
  }
  return warnings;
}

/** What saving does, in words. */
export function effectWords(
  isEnabled: boolean,
  options: readonly ILdapOption[],
  draft: LdapValues
): string {
  const type = options.find(one => one.name === 'AUTH_TYPE');
  const will = type ? valueOf(type, draft) === 'AUTH_LDAP' : isEnabled;
  if (will === isEnabled) {
    return will
      ? 'It holds from the next login on. Local accounts keep working.'
      : 'The directory is not asked until AUTH_TYPE is AUTH_LDAP.';
  }
  return will
    ? 'People of the directory can log in from now on. Local accounts keep working.'
    : 'People of the directory can no longer log in. Local accounts keep working.';
}

/** An error's sentence without the name of its setting, beside which it stands. */
export function withoutName(name: string, sentence: string): string {
  const start = `${name}: `;
  const text = sentence.startsWith(start)
    ? sentence.slice(start.length)
    : sentence;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const STEPS: Record<string, string> = {
  connect: 'Reach the server',
  tls: 'Encrypt the connection',
  bind: 'Bind',
  search: 'Find the person',
  attributes: 'Read names and e-mail',
  groups: 'Find the groups',
  login: 'Log in as the person',
  roles: 'Give roles'
};

export function stepWords(name: string): string {
  return STEPS[name] ?? name;
}
