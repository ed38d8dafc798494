/** What the user dialog asks, and what is wrong with it. Pure. */
import type {
  IAccount,
  IAccountPatch,
  INewAccount
} from '../../api/security-types';

export interface IUserForm {
  name: string;
  firstName: string;
  lastName: string;
  email: string;
  origin: 'local' | 'ldap';
  password: string;
  mustChange: boolean;
  roles: string[];
}

export type UserErrors = Partial<Record<string, string>>;

const EMAIL = /^[^\s@]+@[^\s@]+$/;
const NAME = /^[a-z0-9][a-z0-9._@-]*$/;

export function emptyUser(): IUserForm {
  return {
    name: '',
    firstName: '',
    lastName: '',
    email: '',
    origin: 'local',
    password: '',
    mustChange: true,
    roles: ['Viewer']
  };
}

export function formOf(account: IAccount): IUserForm {
  return {
    name: account.name,
    firstName: account.first_name,
    lastName: account.last_name,
    email: account.email,
    origin: account.origin === 'ldap' ? 'ldap' : 'local',
    password: '',
    mustChange: account.must_change_password,
    roles: [...account.roles]
  };
}

/** What can be told without asking the server, by the names of the wire. */
export function problemsOf(form: IUserForm, isNew: boolean): UserErrors {
  const problems: UserErrors = {};
  if (isNew && !form.name.trim()) {
    problems.name = 'The user needs a name to log in with';
  } else if (isNew && !NAME.test(form.name.trim().toLowerCase())) {
    problems.name =
      'Only a-z, 0-9, dot, dash, underscore and @, and first a letter or digit';
  }
  if (form.email.trim() && !EMAIL.test(form.email.trim())) {
    problems.email = 'This is no e-mail address';
  }
  if (isNew && form.origin === 'local' && !form.password) {
    problems.password = 'The user needs a first password';
  }
  return problems;
}

export function newAccount(form: IUserForm): INewAccount {
  const isLocal = form.origin === 'local';
  return {
    name: form.name.trim(),
    ...names(form),
    origin: form.origin,
    password: isLocal ? form.password : '',
    roles: form.roles,
    must_change_password: isLocal && form.mustChange
  };
}

/** What differs from the account; a name in the directory is not changed here. */
export function patchOf(account: IAccount, form: IUserForm): IAccountPatch {
  const wanted = { ...names(form) };
  const patch: IAccountPatch = {};
  for (const [key, value] of Object.entries(wanted) as [
    keyof typeof wanted,
    string
  ][]) {
    if (account[key] !== value) {
      patch[key] = value;
    }
  }
  if ([...account.roles].sort().join() !== [...form.roles].sort().join()) {
    patch.roles = form.roles;
  }
  return patch;
}

/** "Marta Gil", or nothing. */
export function fullName(account: IAccount): string {
  return `${account.first_name} ${account.last_name}`.trim();
}

/** What deactivating somebody does. */
export const DEACTIVATE_WORDS =
  'The next click of this person is refused, also in open windows and with tokens. ' +
  'DAGs, runs and the audit log stay; it can be taken back.';

function names(
  form: IUserForm
): Required<Pick<IAccountPatch, 'first_name' | 'last_name' | 'email'>> {
  return {
    first_name: form.firstName.trim(),
    last_name: form.lastName.trim(),
    email: form.email.trim()
  };
}
