import * as React from 'react';

import { ClientError, sentence } from '../../api/errors';
import type { IRole } from '../../api/security-types';
import { type FieldErrors, FormBody } from '../../parts/form-body';
import { FormField } from '../../parts/form-field';
import { SubmitDialog } from '../../parts/submit-dialog';
import { FieldError } from '../../schedule/field-error';
import type { RolesModel } from './roles-model';

/** Ask for a new role's name and what it starts from, and add it. */
export function addRole(model: RolesModel): Promise<void> {
  return ask('Add role', 'Add role', new RoleBody(model, null));
}

/** Change a role's name and description. */
export function renameRole(model: RolesModel, role: IRole): Promise<void> {
  return ask(`Rename ${role.name}`, 'Save', new RoleBody(model, role));
}

async function ask(
  title: string,
  accept: string,
  body: RoleBody
): Promise<void> {
  const dialog = new SubmitDialog({
    title,
    body,
    accept,
    submit: () => body.submit(),
    focus: 'input'
  });
  await dialog.launch();
}

class RoleBody extends FormBody {
  constructor(
    private readonly model: RolesModel,
    private readonly role: IRole | null
  ) {
    super();
    this.addClass('couture-FormBody');
    this._name = role?.name ?? '';
    this._description = role?.description ?? '';
  }

  protected override check(): FieldErrors {
    return this._name.trim() ? {} : { name: 'The role needs a name' };
  }

  protected override hasField(name: string): boolean {
    return name === 'name' || name === 'description';
  }

  /** A name that is taken is the name's problem. */
  protected override explain(error: unknown): void {
    if (error instanceof ClientError && error.status === 409) {
      this.errors = { name: sentence(error) };
    } else {
      super.explain(error);
    }
  }

  protected override render(): JSX.Element {
    return (
      <>
        <FormField label="Name" error={this.errors.name}>
          <input
            type="text"
            autoComplete="off"
            value={this._name}
            onChange={event => {
              this._name = event.target.value;
              this.update();
            }}
          />
        </FormField>
        <FormField label="Description" error={this.errors.description}>
          <input
            type="text"
            autoComplete="off"
            value={this._description}
            onChange={event => {
              this._description = event.target.value;
              this.update();
            }}
          />
        </FormField>
        {!this.role && (
          <FormField
            label="Starts from"
            help="What it grants on all DAGs. With nothing, only the DAGs that you name afterwards are seen."
          >
            <select
              value={this._base}
              onChange={event => {
                this._base = event.target.value;
                this.update();
              }}
            >
              <option value="">Nothing</option>
              {this.bases().map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </FormField>
        )}
        <FieldError text={this.problem} />
      </>
    );
  }

  protected override async save(): Promise<void> {
    const name = this._name.trim();
    const description = this._description.trim();
    if (this.role) {
      await this.model.rename(this.role, name, description);
      return;
    }
    const base = this.bases().find(one => one.name === this._base);
    await this.model.add({
      name,
      description,
      grants: base?.grants ?? [],
      ldap_groups: []
    });
  }

  private bases(): IRole[] {
    return this.model.roles.filter(
      role => role.is_default && !['Admin', 'Public'].includes(role.name)
    );
  }

  private _name: string;
  private _description: string;
  private _base = '';
}
