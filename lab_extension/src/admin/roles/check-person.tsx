import * as React from 'react';

import { sentence } from '../../api/errors';
import type { IVerdict } from '../../api/security-types';
import { useLoaded } from '../../parts/hooks';
import { StateMark } from '../../parts/state-mark';
import { verdictAfter } from './effect';
import { peopleOf } from './people';
import type { RolesModel } from './roles-model';

/** What one person can do with a DAG now, and after what is not saved yet. */
export function CheckPerson({ model }: { model: RolesModel }): JSX.Element {
  const { people, dagIds } = model;
  const [picked, setPicked] = React.useState('');
  const [dagId, setDagId] = React.useState('');
  const name = picked || people[0]?.name || '';
  const saved = JSON.stringify(model.roles);
  const { value, error } = useLoaded(
    async () => (name ? model.api.rightsOf(name, dagId || null) : null),
    [name, dagId, saved].join('\n')
  );
  return (
    <aside className="couture-Aside" aria-label="Check a person">
      <h2>Check a person</h2>
      <select
        aria-label="Person"
        value={name}
        onChange={event => setPicked(event.target.value)}
      >
        {people.map(account => (
          <option key={account.name} value={account.name}>
            {account.name}
          </option>
        ))}
      </select>
      <select
        aria-label="DAG"
        value={dagId}
        onChange={event => setDagId(event.target.value)}
      >
        <option value="">All DAGs</option>
        {dagIds.map(one => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      {error !== null && <p className="couture-Problem">{sentence(error)}</p>}
      {value && !value.is_active && (
        <p className="couture-Warning">
          The account is inactive: whatever its roles say, every call is
          refused.
        </p>
      )}
      <ul className="couture-Verdicts">
        {value?.verdicts.map(verdict => (
          <Verdict
            key={verdict.ability}
            verdict={verdict}
            after={after(model, value.account, dagId || null, verdict)}
            hasRole={value.is_active}
          />
        ))}
      </ul>
    </aside>
  );
}

/** The verdict once the chosen role is saved; the role matters only to those who have it. */
function after(
  model: RolesModel,
  name: string,
  dagId: string | null,
  verdict: IVerdict
): boolean {
  const { role, draft, permissions } = model;
  const has =
    role && peopleOf(role, model.people).some(one => one.account.name === name);
  return has && draft && permissions && model.isChanged(role)
    ? verdictAfter(verdict, dagId, role, draft, permissions)
    : verdict.allowed;
}

function Verdict(props: {
  verdict: IVerdict;
  after: boolean;
  hasRole: boolean;
}): JSX.Element {
  const { verdict, after: later, hasRole } = props;
  const { allowed, through, title } = verdict;
  const shown = hasRole ? later : allowed;
  const changes = hasRole && later !== allowed;
  return (
    <li data-ability={verdict.ability} data-allowed={String(shown)}>
      <StateMark state={shown ? 'success' : 'failed'} size={16} />
      <div>
        <strong>
          {shown ? 'Can' : 'Cannot'} {title.toLowerCase()}
          {changes && ', after you save'}
        </strong>
        <p className="couture-Secondary">{reason(shown, changes, through)}</p>
      </div>
    </li>
  );
}

function reason(
  allowed: boolean,
  changes: boolean,
  through: readonly string[]
): string {
  if (changes) {
    return 'By the changes to this role that are not saved';
  }
  return allowed ? `Through ${through.join(', ')}` : 'No role allows it';
}
