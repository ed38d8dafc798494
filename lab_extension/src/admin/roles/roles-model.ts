/** Roles, what is changed of them and not saved, and the people who have them. */
import { type ISignal, Signal } from '@lumino/signaling';

import { sentence } from '../../api/errors';
import type { SecurityApi } from '../../api/security';
import type {
  IAccount,
  IGrant,
  INewRole,
  IPermissions,
  IRole
} from '../../api/security-types';
import { compact, fingerprint } from './matrix';

export type RoleTab = 'dags' | 'pages' | 'people';

const MOST_PEOPLE = 1000;
const PUBLIC = 'Public';

export class RolesModel {
  constructor(
    readonly api: SecurityApi,
    private readonly knownDags: () => readonly string[]
  ) {
    void this.refresh();
  }

  get roles(): readonly IRole[] {
    return this._roles;
  }

  get permissions(): IPermissions | null {
    return this._permissions;
  }

  get people(): readonly IAccount[] {
    return this._people;
  }

  get dagIds(): readonly string[] {
    return this.knownDags();
  }

  /** The chosen role as it is saved. */
  get role(): IRole | null {
    return this._roles.find(one => one.name === this._chosen) ?? null;
  }

  /** The chosen role as it stands here. */
  get draft(): INewRole | null {
    const { role } = this;
    return role && (this._drafts.get(role.name) ?? role);
  }

  get tab(): RoleTab {
    return this._tab;
  }

  get isSaving(): boolean {
    return this._isSaving;
  }

  get error(): string | null {
    return this._error;
  }

  get isDirty(): boolean {
    return this._roles.some(role => this.isChanged(role));
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  isChanged(role: IRole): boolean {
    const draft = this._drafts.get(role.name);
    return (
      draft !== undefined &&
      (fingerprint(draft.grants) !== fingerprint(role.grants) ||
        draft.ldap_groups.join('\n') !== role.ldap_groups.join('\n'))
    );
  }

  /** Whether the grants of the chosen role may be changed. */
  get isEditable(): boolean {
    const { role } = this;
    return role !== null && (!role.is_default || role.name === PUBLIC);
  }

  choose(name: string): void {
    this._chosen = name;
    this._error = null;
    this._changed.emit();
  }

  showTab(tab: RoleTab): void {
    this._tab = tab;
    this._changed.emit();
  }

  edit(patch: Partial<INewRole>): void {
    const { role, draft } = this;
    if (role && draft) {
      this._drafts.set(role.name, { ...asNew(draft), ...patch });
      this._error = null;
      this._changed.emit();
    }
  }

  setGrants(grants: IGrant[]): void {
    this.edit({ grants });
  }

  discard(): void {
    this._drafts.delete(this._chosen);
    this._error = null;
    this._changed.emit();
  }

  /** Save the chosen role; it holds for everybody at the next call. */
  async save(): Promise<void> {
    const { role, draft } = this;
    if (!role || !draft) {
      return;
    }
    const patch: Partial<INewRole> = { ldap_groups: draft.ldap_groups };
    if (this.isEditable) {
      patch.grants = compact(draft.grants);
    }
    this._isSaving = true;
    this._error = null;
    this._changed.emit();
    try {
      await this.api.changeRole(role.name, patch);
      this._drafts.delete(role.name);
      await this.refresh();
    } catch (error) {
      this._error = sentence(error);
    }
    this._isSaving = false;
    this._changed.emit();
  }

  /** Add a role and choose it. */
  async add(role: INewRole): Promise<void> {
    await this.api.addRole(role);
    await this.refresh();
    this.choose(role.name.trim());
  }

  /** Change name and description at once; grants that are not saved stay. */
  async rename(role: IRole, name: string, description: string): Promise<void> {
    await this.api.changeRole(role.name, { name, description });
    const draft = this._drafts.get(role.name);
    this._drafts.delete(role.name);
    if (draft) {
      this._drafts.set(name, { ...draft, name, description });
    }
    await this.refresh();
    this.choose(name);
  }

  async remove(role: IRole): Promise<void> {
    await this.api.deleteRole(role.name);
    this._drafts.delete(role.name);
    await this.refresh();
  }

  /** Give a person the chosen role, or take it. */
  async assign(account: IAccount, isOn: boolean): Promise<void> {
    const others = account.roles.filter(name => name !== this._chosen);
    const roles = isOn ? [...others, this._chosen] : others;
    await this.api.changeAccount(account.name, { roles });
    await this.refresh();
  }

  async refresh(): Promise<void> {
    try {
      const [roles, permissions, { accounts }] = await Promise.all([
        this.api.roles(),
        this._permissions ?? this.api.permissions(),
        this.api.accounts({ limit: MOST_PEOPLE, order_by: 'name' })
      ]);
      this._roles = roles;
      this._permissions = permissions;
      this._people = accounts;
      this._error = null;
    } catch (error) {
      this._error = sentence(error);
    }
    if (!this.role) {
      this._chosen =
        (this._roles.find(one => !one.is_default) ?? this._roles[0])?.name ??
        '';
    }
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _roles: readonly IRole[] = [];
  private _permissions: IPermissions | null = null;
  private _people: readonly IAccount[] = [];
  private _chosen = '';
  private _tab: RoleTab = 'dags';
  private _isSaving = false;
  private _error: string | null = null;
  private readonly _drafts = new Map<string, INewRole>();
  private readonly _changed = new Signal<this, void>(this);
}

function asNew({ name, description, grants, ldap_groups }: INewRole): INewRole {
  return { name, description, grants, ldap_groups };
}
