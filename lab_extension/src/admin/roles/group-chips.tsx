import { InputDialog } from '@jupyterlab/apputils';
import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface IProps {
  groups: readonly string[];
  onChange: (groups: string[]) => void;
}

/** Groups of the directory whose members have the role. */
export function GroupChips({ groups, onChange }: IProps): JSX.Element {
  const add = async (): Promise<void> => {
    const { value } = await InputDialog.getText({
      title: 'Group of the directory',
      label:
        'Its DN; members of groups in it count too. “Test” on the LDAP page shows the groups of a person.',
      placeholder: 'cn=sales,ou=Groups,dc=example,dc=com',
      okLabel: 'Add group'
    });
    const group = value?.trim();
    if (group && !groups.includes(group)) {
      onChange([...groups, group]);
    }
  };
  return (
    <span className="couture-RoleHead-fact couture-Groups">
      LDAP groups
      {groups.map(group => (
        <span key={group} className="couture-GroupChip" title={group}>
          <code>{group}</code>
          <button
            type="button"
            aria-label={`Remove the group ${group}`}
            onClick={() => onChange(groups.filter(one => one !== group))}
          >
            <closeIcon.react tag="span" width="12px" height="12px" />
          </button>
        </span>
      ))}
      <button
        type="button"
        className="couture-IconButton"
        aria-label="Add a group of the directory"
        title="Add a group of the directory"
        onClick={() => void add()}
      >
        <addIcon.react tag="span" width="14px" height="14px" />
      </button>
    </span>
  );
}
