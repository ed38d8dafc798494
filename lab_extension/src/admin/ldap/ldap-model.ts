/** The directory's settings, what is changed of them, and how the last trial went. */
import { type ISignal, Signal } from '@lumino/signaling';

import { ClientError, sentence } from '../../api/errors';
import type { SecurityApi } from '../../api/security';
import type {
  ILdapConfiguration,
  ILdapOption,
  ILdapTest,
  LdapValue,
  LdapValues
} from '../../api/security-types';
import { edited, withoutName } from './form';

export class LdapModel {
  constructor(private readonly api: SecurityApi) {
    void this.refresh();
  }

  get configuration(): ILdapConfiguration | null {
    return this._configuration;
  }

  /** Names of all roles, for the role of new people. */
  get roles(): readonly string[] {
    return this._roles;
  }

  /** What is changed and not saved. */
  get draft(): LdapValues {
    return this._draft;
  }

  get isDirty(): boolean {
    return Object.keys(this._draft).length > 0;
  }

  get errors(): Readonly<Record<string, string>> {
    return this._errors;
  }

  /** What is wrong and has no field. */
  get problem(): string | null {
    return this._problem;
  }

  get trial(): ILdapTest | null {
    return this._trial;
  }

  get isTrying(): boolean {
    return this._isTrying;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  edit(option: ILdapOption, value: LdapValue | null): void {
    this._draft = edited(this._draft, option, value);
    this.clearErrors();
  }

  /** Take one edit back. */
  undo(option: ILdapOption): void {
    const draft = { ...this._draft };
    delete draft[option.name];
    this._draft = draft;
    this.clearErrors();
  }

  discard(): void {
    this._draft = {};
    this.clearErrors();
  }

  async save(): Promise<void> {
    await this.guard(async () => {
      this._configuration = await this.api.changeLdap(this._draft);
      this._draft = {};
    });
  }

  /** Try the settings as they stand here, saved or not. */
  async test(username: string, password: string): Promise<void> {
    this._isTrying = true;
    this._trial = null;
    this._changed.emit();
    await this.guard(async () => {
      const name = username.trim() || null;
      this._trial = await this.api.testLdap(
        this._draft,
        name,
        name && password ? password : null
      );
    });
    this._isTrying = false;
    this._changed.emit();
  }

  async refresh(): Promise<void> {
    await this.guard(async () => {
      const [configuration, roles] = await Promise.all([
        this.api.ldap(),
        this.api.roles()
      ]);
      this._configuration = configuration;
      this._roles = roles
        .map(role => role.name)
        .filter(name => name !== 'Public');
    });
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private clearErrors(): void {
    this._errors = {};
    this._problem = null;
    this._changed.emit();
  }

  private async guard(action: () => Promise<void>): Promise<void> {
    this._errors = {};
    this._problem = null;
    try {
      await action();
    } catch (error) {
      this.explain(error);
    }
    this._changed.emit();
  }

  /** Put what the server says at the fields that it names. */
  private explain(error: unknown): void {
    const known = new Set(this._configuration?.options.map(one => one.name));
    const fields = error instanceof ClientError ? error.fields : {};
    const placed = Object.entries(fields)
      .map(([path, text]) => [path.split('.').pop() ?? path, text])
      .filter(([name]) => known.has(name));
    this._errors = Object.fromEntries(
      placed.map(([name, text]) => [name, withoutName(name, text)])
    );
    this._problem = placed.length ? null : sentence(error);
  }

  private _configuration: ILdapConfiguration | null = null;
  private _roles: readonly string[] = [];
  private _draft: LdapValues = {};
  private _errors: Readonly<Record<string, string>> = {};
  private _problem: string | null = null;
  private _trial: ILdapTest | null = null;
  private _isTrying = false;
  private readonly _changed = new Signal<this, void>(this);
}
